// Plain JavaScript with types in comments: a worker thread starts from a file that Node runs as it is, so that
// the source (tests) and the build use the same one.
import { timingSafeEqual } from 'node:crypto'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'

/**
 * The embedded database: PGlite behind a socket that speaks PostgreSQL's protocol, in a thread of its own
 * because every statement blocks the thread it runs in.
 *
 * Why not `@electric-sql/pglite-socket`: it hands over one protocol message at a time (five trips into wasm for
 * one statement), and after an internal error its queue stands still for ever while connections stay open.
 *
 * @typedef {object} Start
 * @property {string} folder where the database files are; made when missing
 * @property {string | undefined} socketPath Unix socket to listen on; a free port of 127.0.0.1 when undefined
 * @property {string} password what a connection must show; the port is open to every user of the machine
 *
 * @typedef {{ type: 'ready', port: number | undefined, firstStart: boolean }
 *   | { type: 'failed', message: string }
 *   | { type: 'stopped' }} Report
 */

/** @param {Report} report */
const tell = (report) => parentPort?.postMessage(report)

/** @type {Start} */
const { folder, socketPath, password } = workerData

const startParams = [
  // Single user, no -F: that flag, which PGlite sets itself, would turn fsync off.
  ...['--single', '-O', '-j'],
  ...Object.entries({
    search_path: 'public',
    exit_on_error: 'false',
    log_checkpoints: 'false',
    max_worker_processes: '0',
    max_parallel_workers: '0',
    max_parallel_workers_per_gather: '0',
    max_parallel_maintenance_workers: '0',
    io_method: 'sync',
    fsync: 'on',
    // fdatasync is an empty function in this build; fsync is the one we connect to the disk below.
    wal_sync_method: 'fsync',
    // 128 MB by default, all of it touched sooner or later; the cache of the operating system does the same work.
    shared_buffers: '16MB',
    timezone: 'UTC',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
]

/**
 * Files on disk whose fsync reaches the disk, and a death that is noticed. PGlite's own NodeFS has no fsync at
 * all: a commit would be acknowledged from the cache of the operating system.
 */
class DurableFiles extends NodeFS {
  /**
   * @override
   * @param {import('@electric-sql/pglite').PGlite} pg
   * @param {any} options Emscripten's module; its types know neither NODEFS nor the callbacks
   */
  async init(pg, options) {
    const { emscriptenOpts } = await super.init(pg, options)
    /** @type {any} */
    const opts = emscriptenOpts
    opts.preRun = [...opts.preRun, makeDurable]
    // Out of space in the write-ahead log, corruption: PostgreSQL aborts, and after that every call into it
    // would spin for ever. The thread ends instead, and the main thread hears it.
    opts.onAbort = () => die(`the embedded database aborted: ${lastWords.join(' | ')}`)
    return { emscriptenOpts: opts }
  }
}

/** @param {{ FS: any }} mod */
const makeDurable = ({ FS }) => {
  const { stream_ops: streams, node_ops: nodes } = FS.filesystems.NODEFS
  const { NODEFS } = FS.filesystems
  streams.fsync = (/** @type {{ nfd: number }} */ stream) => {
    fs.fsyncSync(stream.nfd)
    return 0
  }
  // A new name is durable once its folder is: segments of the log are made and recycled by renaming.
  const { mknod, rename } = nodes
  nodes.mknod = (
    /** @type {any} */ parent,
    /** @type {string} */ name,
    /** @type {number} */ mode,
    /** @type {number} */ dev,
  ) => {
    const node = mknod(parent, name, mode, dev)
    syncPath(NODEFS.realPath(parent))
    return node
  }
  nodes.rename = (/** @type {any} */ node, /** @type {any} */ newParent, /** @type {string} */ newName) => {
    rename(node, newParent, newName)
    syncPath(NODEFS.realPath(newParent))
  }
}

/** @param {string} path a file or a folder */
const syncPath = (path) => {
  // Windows has no handle for a folder; NTFS journals names by itself.
  if (process.platform === 'win32' && fs.statSync(path).isDirectory()) return
  const fd = fs.openSync(path, 'r')
  try {
    fs.fsyncSync(fd)
  } finally {
    fs.closeSync(fd)
  }
}

/** @param {string} path */
const syncTree = (path) => {
  for (const entry of fs.readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) syncTree(join(path, entry.name))
    else if (entry.isFile()) syncPath(join(path, entry.name))
  }
  syncPath(path)
}

let stopping = false

/**
 * @param {string} message
 * @returns {never}
 */
const die = (message) => {
  if (!stopping) tell({ type: 'failed', message })
  process.exit(1)
}

/** What PostgreSQL said last; it names the reason before it dies. @type {string[]} */
const lastWords = []

const open = (/** @type {string} */ path) =>
  PGlite.create({
    fs: new DurableFiles(path),
    startParams,
    onStderr: (line) => {
      lastWords.push(line.trim())
      if (lastWords.length > 3) lastWords.shift()
      return false
    },
  })

/**
 * A first start makes the database beside its place and moves it there when it is whole and on disk: a process
 * killed in the middle leaves nothing that looks like a database.
 */
const openDatabase = async () => {
  const firstStart = !fs.existsSync(folder)
  if (firstStart) {
    const unfinished = `${folder}.new`
    fs.rmSync(unfinished, { recursive: true, force: true })
    fs.mkdirSync(unfinished, { recursive: true, mode: 0o700 })
    const fresh = await open(unfinished)
    await fresh.close()
    syncTree(unfinished)
    fs.renameSync(unfinished, folder)
    syncPath(dirname(folder))
  }
  return { db: await open(folder), firstStart }
}

const sslRequest = 80877103
const gssRequest = 80877104
const cancelRequest = 80877102

/** Messages after which PostgreSQL answers: Query, Sync, Flush, and the parts of COPY. */
const endsUnit = new Set([...'QSHdcf'].map((letter) => letter.charCodeAt(0)))
const terminate = 'X'.charCodeAt(0)
const passwordMessage = 'p'.charCodeAt(0)

const askPassword = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3])
const noEncryption = Buffer.from('N')

/** @param {string} code @param {string} message */
const fatal = (code, message) => {
  const body = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`)
  const head = Buffer.alloc(5)
  head.write('E')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

/** @param {Buffer} given */
const passwordFits = (given) => {
  const wanted = Buffer.from(password)
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}

/**
 * Several connections, one backend: whole units (everything up to an answer) run one after another, and while
 * a connection is inside a transaction only its units run.
 */
class Front {
  /** @type {Array<{ from: Connection, bytes: Buffer }>} */
  #queue = []
  /** @type {Connection | undefined} */
  #inTransaction
  #running = false

  /** @param {import('@electric-sql/pglite').PGlite} db */
  constructor(db) {
    this.db = db
  }

  /** @param {Connection} from @param {Buffer} bytes */
  enqueue(from, bytes) {
    this.#queue.push({ from, bytes })
    void this.#run()
  }

  /** The connection is gone: what it had not finished is undone, and nothing of its session stays behind. @param {Connection} from */
  forget(from) {
    this.#queue = this.#queue.filter((unit) => unit.from !== from)
    // Enqueued behind a unit that may be running now; `from` no longer hears the answers.
    if (this.#inTransaction === from) this.#queue.unshift({ from, bytes: simpleQuery('rollback') })
    void this.#run()
  }

  async #run() {
    if (this.#running) return
    this.#running = true
    try {
      for (let unit = this.#next(); unit !== undefined; unit = this.#next()) {
        const { from, bytes } = unit
        /** @type {Buffer[]} */
        const answer = []
        await this.db.execProtocolRawStream(bytes, {
          syncToFs: false,
          // The bytes lie in wasm memory and are overwritten by the next call.
          onRawData: (data) => answer.push(Buffer.from(data)),
        })
        this.#inTransaction = this.db.isInTransaction() ? from : undefined
        from.answer(answer.length === 1 && answer[0] ? answer[0] : Buffer.concat(answer))
        if (from.closed && this.#inTransaction === from)
          this.#queue.unshift({ from, bytes: simpleQuery('rollback') })
      }
    } catch (error) {
      die(`the embedded database failed: ${error instanceof Error ? error.message : String(error)}`)
    } finally {
      this.#running = false
    }
  }

  #next() {
    const owner = this.#inTransaction
    if (owner === undefined) return this.#queue.shift()
    const index = this.#queue.findIndex((unit) => unit.from === owner)
    return index === -1 ? undefined : this.#queue.splice(index, 1)[0]
  }
}

/** @param {string} text */
const simpleQuery = (text) => {
  const bytes = Buffer.alloc(6 + text.length)
  bytes.write('Q')
  bytes.writeInt32BE(5 + text.length, 1)
  bytes.write(text, 5)
  return bytes
}

/** One client: cuts its bytes into units and writes the answers back. */
class Connection {
  /** @type {Buffer} */
  #pending = Buffer.alloc(0)
  /** @type {Buffer | undefined} the startup packet, kept until the password is right */
  #startup
  #admitted = false
  closed = false

  /** @param {import('node:net').Socket} socket @param {Front} front */
  constructor(socket, front) {
    this.socket = socket
    this.front = front
    socket.setNoDelay(true)
    socket.on('data', (bytes) => this.#receive(bytes))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.#end())
  }

  /** @param {Buffer} bytes */
  answer(bytes) {
    if (!this.closed && bytes.length > 0) this.socket.write(bytes)
  }

  #end() {
    if (this.closed) return
    this.closed = true
    this.front.forget(this)
  }

  /** @param {Buffer} bytes */
  #receive(bytes) {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes])
    if (!this.#admitted) this.#admit()
    if (this.#admitted) this.#cut()
  }

  #admit() {
    while (!this.#admitted && !this.closed) {
      if (this.#startup === undefined) {
        if (this.#pending.length < 8) return
        const length = this.#pending.readInt32BE(0)
        if (length < 8 || length > 10_000) return this.#refuse('08P01', 'bad startup packet')
        if (this.#pending.length < length) return
        const packet = this.#take(length)
        const code = packet.readInt32BE(4)
        if (code === sslRequest || code === gssRequest) this.socket.write(noEncryption)
        else if (code === cancelRequest) this.socket.destroy()
        else {
          this.#startup = packet
          this.socket.write(askPassword)
        }
      } else {
        if (this.#pending.length < 5) return
        const length = 1 + this.#pending.readInt32BE(1)
        if (this.#pending[0] !== passwordMessage || length > 1_000)
          return this.#refuse('28P01', 'password expected')
        if (this.#pending.length < length) return
        const message = this.#take(length)
        if (!passwordFits(message.subarray(5, -1))) return this.#refuse('28P01', 'wrong password')
        this.#admitted = true
        this.front.enqueue(this, this.#startup)
      }
    }
  }

  #cut() {
    let end = 0
    let at = 0
    while (this.#pending.length - at >= 5) {
      const kind = this.#pending[at] ?? 0
      const next = at + 1 + this.#pending.readInt32BE(at + 1)
      if (next > this.#pending.length) break
      at = next
      if (kind === terminate) {
        this.socket.end()
        return
      }
      if (endsUnit.has(kind)) end = at
    }
    if (end > 0) this.front.enqueue(this, this.#take(end))
  }

  /** @param {number} length */
  #take(length) {
    const taken = this.#pending.subarray(0, length)
    this.#pending = this.#pending.subarray(length)
    return taken
  }

  /** @param {string} code @param {string} message */
  #refuse(code, message) {
    this.socket.end(fatal(code, message))
  }
}

const start = async () => {
  const { db, firstStart } = await openDatabase()
  const front = new Front(db)
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    new Connection(socket, front)
  })
  server.on('error', (error) => die(`the embedded database cannot listen: ${error.message}`))

  parentPort?.on('message', async (message) => {
    if (message !== 'stop' || stopping) return
    stopping = true
    server.close()
    for (const socket of sockets) socket.destroy()
    await db.close()
    tell({ type: 'stopped' })
    parentPort?.close()
  })

  const listening = () => {
    const address = server.address()
    tell({ type: 'ready', port: typeof address === 'object' ? address?.port : undefined, firstStart })
  }
  if (socketPath === undefined) server.listen(0, '127.0.0.1', listening)
  else server.listen(socketPath, listening)
}

start().catch((error) => die(error instanceof Error ? error.message : String(error)))
