import type { Fault, Language } from '../../../../core/kernel/index.ts'
import type { Answerable, HttpContext } from '../../../http/index.ts'
import { encodeSingleByte } from '../../../xml/index.ts'

/** The first line of every answer: 1C decides by it alone. */
export type Word = 'success' | 'failure' | 'progress'

/** 1C before 8.3 reads answers in the encoding of Windows, whatever their header says. */
export const isOldClient = (ctx: HttpContext): boolean =>
  /1C\+?Enterprise\/(7|8\.[0-2])/i.test(ctx.get('user-agent'))

/** Plain text; what a person should read stands below the first line. */
export const answer = (ctx: HttpContext, word: Word, ...lines: string[]): void => {
  const text = [word, ...lines].join('\n')
  const old = isOldClient(ctx) ? encodeSingleByte(text, 'windows-1251', () => '?') : undefined
  ctx.status = 200
  ctx.body = Buffer.from(old ?? text)
  ctx.set('Content-Type', `text/plain; charset=${old === undefined ? 'utf-8' : 'windows-1251'}`)
}

const shownFaults = 20

/**
 * A refusal in the words of the dialogue. Only who is nobody and who should wait hear it from HTTP, too: any other
 * status makes 1C show its own sentence instead of ours.
 */
export const answerFailure = (ctx: HttpContext, failure: Answerable, language: Language): void => {
  const { faults, headers, status } = failure
  const more = faults.length > shownFaults ? [`… ${faults.length - shownFaults}`] : []
  answer(ctx, 'failure', ...faults.slice(0, shownFaults).map((one) => lineOf(one, language)), ...more)
  for (const [name, value] of Object.entries(headers)) ctx.set(name, value)
  if ([401, 429, 500, 503].includes(status)) ctx.status = status
}

const lineOf = ({ code, path, source, message }: Fault, language: Language): string => {
  const where = [source, path].filter((one) => one !== undefined && one !== '').join(', ')
  return `${code}${where === '' ? '' : ` [${where}]`}: ${message[language]}`
}
