import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findRabbitBin } from './debian.ts'
import { freePort } from './free-port.ts'
import { runCommand, startProcess } from './server-process.ts'

export interface RabbitServer {
  /** The Erlang machine's pid: SIGSTOP it to freeze the broker. */
  pid: number
  /** `amqp://…` of a virtual host. */
  url(virtualHost: string): string
  createVirtualHost(name: string): Promise<void>
  /** Kills it without a goodbye; `start` brings it back with the same files and the same port. */
  crash(): Promise<void>
  start(): Promise<void>
  /** Stops it and removes its files. May be called twice. */
  stop(): Promise<void>
}

/** A private RabbitMQ node: own name, own cookie, own epmd, own files, free ports, no plugins. */
export const startRabbit = async (): Promise<RabbitServer> => {
  const bin = await findRabbitBin()
  const folder = mkdtempSync(join(tmpdir(), 'daneker-mq-'))
  const [port, distributionPort, epmdPort] = [await freePort(), await freePort(), await freePort()]
  const id = randomBytes(4).toString('hex')
  const node = `daneker_${id}@localhost`
  // Also the proof that we talk to our own broker: a stranger on the port would not know it.
  const password = randomBytes(18).toString('base64url')
  const cookie = randomBytes(18).toString('hex')

  mkdirSync(join(folder, 'mnesia'))
  writeFileSync(join(folder, '.erlang.cookie'), cookie, { mode: 0o400 })
  writeFileSync(join(folder, 'enabled_plugins'), '[].\n')
  writeFileSync(
    join(folder, 'rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      'default_user = daneker',
      `default_pass = ${password}`,
      'loopback_users = none',
      'log.console = true',
      'log.console.level = info',
      'log.file = false',
      'vm_memory_high_watermark.absolute = 512MB',
      'disk_free_limit.absolute = 50MB',
      '',
    ].join('\n'),
  )
  const env = {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: folder,
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: node,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_LOGS: '-',
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    // Two schedulers that do not spin while idle: the tests need the processor more.
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none',
  }
  const run = { cwd: folder, env }

  // Our own epmd in the foreground: the one that Erlang starts by itself would outlive everything.
  const epmd = startProcess('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], run)
  let server: ReturnType<typeof startProcess> | undefined

  const start = async (): Promise<void> => {
    server = startProcess(join(bin, 'rabbitmq-server'), [], run)
    await server.says('Server startup complete')
  }

  const stop = async (): Promise<void> => {
    await server?.stop('SIGKILL')
    await epmd.stop('SIGTERM')
    rmSync(folder, { recursive: true, force: true })
  }

  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }

  return {
    get pid() {
      return server?.pid ?? -1
    },
    url: (virtualHost) => `amqp://daneker:${password}@127.0.0.1:${port}/${encodeURIComponent(virtualHost)}`,
    createVirtualHost: async (name) => {
      // erl_call answers in 30 ms; rabbitmqctl needs a second of processor time to do the same.
      // A name of its own: otherwise all erl_calls of a user have one, and the broker takes one of them at a time.
      const self = `call_${randomBytes(6).toString('hex')}`
      const answer = await runCommand('erl_call', ['-h', self, '-sname', node, '-c', cookie, '-e'], {
        ...run,
        input: `rabbit_vhost:add(<<"${name}">>, <<"daneker">>),
          rabbit_auth_backend_internal:set_permissions(
            <<"daneker">>, <<"${name}">>, <<".*">>, <<".*">>, <<".*">>, <<"daneker">>).\n`,
      })
      if (!answer.includes('{ok, ok}')) throw new Error(`no virtual host ${name}: ${answer}`)
    },
    crash: async () => server?.stop('SIGKILL'),
    start,
    stop,
  }
}
