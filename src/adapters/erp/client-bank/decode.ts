import { isUtf8 } from 'node:buffer'
import { failed, ok, type Result } from '../../../core/kernel/index.ts'
import { notClientBank, unknownLetters } from './bank-faults.ts'

/** The word every file begins with, in letters that are the same in all its encodings. */
const mark = /^1CClientBankExchange\s/i
const byteOrderMark = [0xef, 0xbb, 0xbf]
const endOfDosText = 0x1a

/** Without a byte order mark, and without the ^Z that DOS programs put at the end of a text. */
const body = (bytes: Uint8Array): Uint8Array => {
  const from = byteOrderMark.every((byte, i) => bytes[i] === byte) ? byteOrderMark.length : 0
  const end = bytes.lastIndexOf(endOfDosText)
  return bytes.subarray(from, end >= 0 && end >= bytes.length - 3 ? end : bytes.length)
}

export const isClientBank = (bytes: Uint8Array): boolean =>
  mark.test(Buffer.from(body(bytes).subarray(0, 40)).toString('latin1'))

/** Keys of which every file has at least one, whichever bank wrote it. */
const knownWords = /^(ВерсияФормата|Отправитель|СекцияРасчСчет|СекцияДокумент)\s*(=|$)/imu

/** Nothing but letters, line ends and tabs. */
// eslint-disable-next-line no-control-regex
const notText = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffd]/

/**
 * The text of the file. Banks write `Кодировка=Windows` over whatever their program made, so the keys decide: a
 * Cyrillic key is a word in one of the three encodings only, and a wrong guess can never pass for a right one.
 */
export const decodeClientBank = (bytes: Uint8Array): Result<string> => {
  if (!isClientBank(bytes)) return failed(notClientBank())
  const content = body(bytes)
  const encodings = isUtf8(content) ? ['utf-8'] : ['windows-1251', 'ibm866']
  for (const encoding of encodings) {
    const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(content)
    if (knownWords.test(text) && !notText.test(text)) return ok(text)
  }
  return failed(unknownLetters())
}
