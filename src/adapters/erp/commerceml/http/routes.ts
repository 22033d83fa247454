import { Refusal, type Exchange } from '../../../../core/exchange/index.ts'
import { almatyDate } from '../../../../core/kernel/index.ts'
import {
  answerFor,
  ClientGone,
  type DoorTools,
  type HttpContext,
  type HttpRouter,
} from '../../../http/index.ts'
import type { Desks } from '../../contract.ts'
import { badFileName, emptyPart, noSession, unknownMode } from '../cml-faults.ts'
import { packageBytes, type Dialect } from '../write/package.ts'
import { answer, answerFailure, isOldClient } from './answers.ts'
import { Files, isComplete, isFileName, isRead, partBytes } from './files.ts'
import { Imports } from './imports.ts'
import { Outgoing } from './outgoing.ts'
import { cookieName, cookieOf, Sessions, type Session } from './sessions.ts'

/** Where 1C is told to exchange with a site. The second is what it suggests by itself. */
export const paths = ['/commerceml', '/bitrix/admin/1c_exchange.php'] as const

interface Asked {
  ctx: HttpContext
  type: string
  session: Session
  fileName: string
}

export const mountCommerceMl = (
  router: HttpRouter,
  tools: DoorTools,
  gateway: Exchange,
  desks: Desks,
): void => {
  const sessions = new Sessions(desks.notes)
  const files = new Files(desks.notes, gateway)
  const imports = new Imports(gateway, files)
  const outgoing = new Outgoing(gateway, desks.notes)

  const sessionOf = async (ctx: HttpContext): Promise<Session> => {
    const session = await sessions.of(cookieOf(ctx.get('cookie')), new Date())
    if (session === undefined) throw new Refusal('unauthenticated', [noSession()])
    ctx.state.noted['connection'] = session.caller.connectionId
    return session
  }

  const take = async ({ ctx, type, session, fileName }: Asked): Promise<void> => {
    const bytes = await tools.body(ctx)
    if (!isFileName(fileName)) throw new Refusal('invalid', [badFileName(fileName)])
    if (bytes.byteLength === 0) throw new Refusal('invalid', [emptyPart()])
    if (!isRead(fileName)) return answer(ctx, 'success')
    await files.append(session, fileName, bytes)
    if (type !== 'sale' || !isComplete(fileName, bytes)) return answer(ctx, 'success')
    // In an exchange of orders nobody asks for the import: the file is read when its end has come.
    const imported = await imports.import(session, fileName, ctx.state.requestId, true)
    if ('done' in imported) answer(ctx, 'success', ...imported.done)
    else answer(ctx, 'success', imported.progress)
  }

  const modes: Readonly<Record<string, (asked: Asked) => Promise<void>>> = {
    init: async ({ ctx, session }) => {
      await files.clear(session)
      const version = single(ctx, 'version')
      const lines = version === '' ? [] : [`sessid=${session.id}`, `version=${dialectOf(ctx).version}`]
      ctx.body = ['zip=yes', `file_limit=${partBytes}`, ...lines].join('\n')
      ctx.set('Content-Type', 'text/plain; charset=utf-8')
    },
    file: take,
    import: async ({ ctx, session, fileName }) => {
      if (!isFileName(fileName)) throw new Refusal('invalid', [badFileName(fileName)])
      // Names of pictures are imported by nobody.
      if (!isRead(fileName)) return answer(ctx, 'success')
      const imported = await imports.import(session, fileName, ctx.state.requestId)
      if ('done' in imported) answer(ctx, 'success', ...imported.done)
      else answer(ctx, 'progress', imported.progress)
    },
    query: async ({ ctx, session }) => {
      const dialect = dialectOf(ctx)
      const places = await outgoing.next(session.caller)
      ctx.body = Buffer.from(packageBytes(places, dialect, momentInAlmaty(new Date())))
      ctx.set('Content-Type', `application/xml; charset=${dialect.encoding}`)
    },
    success: async ({ ctx, session }) => {
      await outgoing.confirm(session.caller)
      answer(ctx, 'success')
    },
    // The end of an exchange of a catalogue: nothing of it was kept.
    deactivate: ({ ctx }) => Promise.resolve(answer(ctx, 'success')),
    complete: ({ ctx }) => Promise.resolve(answer(ctx, 'success')),
  }

  const serve = async (ctx: HttpContext): Promise<void> => {
    const [type, mode] = [single(ctx, 'type'), single(ctx, 'mode')]
    ctx.state.noted['operation'] = `${type.slice(0, 20)}/${mode.slice(0, 20)}`
    if (type !== 'catalog' && type !== 'sale') throw new Refusal('invalid', [unknownMode(type, mode)])
    if (mode === 'checkauth') {
      const caller = await tools.caller(ctx)
      return answer(ctx, 'success', cookieName, await sessions.begin(caller, new Date()))
    }
    const session = await sessionOf(ctx)
    const run = Object.hasOwn(modes, mode) ? modes[mode] : undefined
    if (
      run === undefined ||
      (mode === 'file') !== (ctx.method === 'POST') ||
      (isOfSales(mode) && type !== 'sale')
    )
      throw new Refusal('invalid', [unknownMode(type, mode)])
    await run({ ctx, type, session, fileName: single(ctx, 'filename') })
  }

  const route = async (ctx: HttpContext): Promise<void> => {
    try {
      await serve(ctx)
    } catch (error) {
      if (error instanceof ClientGone) throw error
      const failure = answerFor(error, ctx.state.requestId)
      if (failure.surprise !== undefined) tools.surprised(ctx, failure.surprise)
      ctx.state.noted['codes'] = failure.faults.slice(0, 10).map(({ code }) => code)
      answerFailure(ctx, failure, ctx.state.language)
    }
  }
  for (const path of paths) {
    router.get(path, route)
    router.post(path, route)
  }
}

const isOfSales = (mode: string): boolean => mode === 'query' || mode === 'success'

/** A parameter given twice could be read by two readers in two ways: neither is taken. */
const single = (ctx: HttpContext, name: string): string => {
  const value = ctx.query[name]
  return typeof value === 'string' ? value : ''
}

/** 1C names the version it understands; that of 8.1 and 8.2 reads windows-1251 without a namespace. */
const dialectOf = (ctx: HttpContext): Dialect => {
  if (isOldClient(ctx)) return { version: '2.05', encoding: 'windows-1251' }
  const asked = single(ctx, 'version')
  const known = (['2.08', '2.09', '2.10', '3.1'] as const).find((version) => version === asked)
  return { version: known ?? '2.10', encoding: 'utf-8' }
}

const momentInAlmaty = (now: Date): string => {
  const time = new Intl.DateTimeFormat('ru-RU', { timeZone: 'Asia/Almaty', timeStyle: 'medium' }).format(now)
  return `${almatyDate(now)}T${time}`
}
