import { almatyDate, UpstreamError, type Log } from '../kernel/index.ts'
import type { ContractDeps } from './deps.ts'
import { emptyFile, requisitesOn } from './file.ts'
import { noticeText, type Notice } from './notices.ts'

/** 1 min, 2, 4 … 6 h: a mail that is owed is tried until it is taken. Without an address it waits for one. */
const retryMs = (attempts: number): number => Math.min(60_000 * 2 ** Math.min(attempts, 9), 6 * 3_600_000)

/**
 * Sends the mails that are owed. A crash between sending and marking sends one again, under the same message id;
 * none is forgotten. Returns how many went out.
 */
export const sendNotices =
  (deps: ContractDeps, log: Log) =>
  async (limit: number): Promise<{ looked: number; sent: number }> => {
    const due = await deps.notices.due(deps.clock.now(), limit)
    let sent = 0
    for (const notice of due) if (await send(deps, log, notice)) sent += 1
    return { looked: due.length, sent }
  }

const send = async (deps: ContractDeps, log: Log, notice: Notice): Promise<boolean> => {
  const now = deps.clock.now()
  const later = { dueAt: new Date(now.getTime() + retryMs(notice.attempts)) }
  const to = await addressOf(deps, notice)
  if (to === undefined) {
    await deps.notices.failed(notice.id, { trouble: 'no address', ...later })
    return false
  }
  try {
    const text = await letterOf(deps, notice, to)
    const { messageId } = await deps.mail.mail({ id: notice.id, to, ...text })
    await deps.notices.sent(notice.id, { at: deps.clock.now(), to, messageId })
    return true
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    log.warn(
      { notice: notice.id, kind: notice.kind, attempts: notice.attempts + 1, outcome: error.word },
      'notice.failed',
    )
    await deps.notices.failed(notice.id, { trouble: error.message.slice(0, 200), ...later })
    return false
  }
}

const addressOf = async (deps: ContractDeps, { to, companyId }: Notice): Promise<string | undefined> => {
  if (to === 'operator') return deps.settings.operatorEmail
  if (companyId === undefined) return undefined
  const file = (await deps.files.of(companyId)) ?? emptyFile(companyId)
  return requisitesOn(file, almatyDate(deps.clock.now()))?.email
}

const letterOf = async (deps: ContractDeps, notice: Notice, to: string) => {
  const { companyId, documentId } = notice
  const client = companyId === undefined ? undefined : (await deps.companies.byId(companyId))?.name
  const { ru, kk, en } = noticeText(notice.kind, { client: client ?? '', ...notice.facts })
  const link = documentId === undefined ? undefined : await linkTo(deps, documentId, to)
  return {
    subject: ru.split(/[.:]/, 1)[0]?.slice(0, 200) ?? '',
    text: [ru, kk, en].flatMap((text) => (link === undefined ? [text, ''] : [text, link, ''])).join('\n'),
  }
}

/** The active URL of offer 4.2: it opens this document only. Each mail carries a link of its own. */
const linkTo = async (deps: ContractDeps, documentId: string, to: string): Promise<string> => {
  const expiresAt = new Date(deps.clock.now().getTime() + deps.linkKeepsMs)
  const { token } = await deps.unitOfWork.run((tx) =>
    deps.links.make(tx, { documentIds: [documentId], purpose: 'receive', expiresAt, sentTo: to }),
  )
  return `${deps.publicUrl()}/d/${token}`
}
