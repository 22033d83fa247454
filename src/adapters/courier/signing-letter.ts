import { kindTitles } from '../../core/document/index.ts'
import type { Courier, DocumentRecord } from '../../core/exchange/index.ts'
import type { Language } from '../../core/kernel/index.ts'

type SigningMail = Parameters<Courier['mailSigningLink']>[0]

/** A name with a line break in it must not become a header. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 250)

/** Lines of the list; a long package is read on the page. */
const listed = 10

export const signingSubject = (records: readonly DocumentRecord[]): string => {
  const [first] = records
  return records.length === 1 && first !== undefined
    ? `На подпись: ${kindTitles[first.kind].ru} № ${first.number}`
    : `На подпись: документов ${records.length}`
}

const dayOf = (date: string): string => date.split('-').reverse().join('.')

const until = (moment: Date): string => moment.toLocaleDateString('ru-KZ', { timeZone: 'Asia/Almaty' })

/** What waits for a signature, whose, who asks and by when, in three languages. Everything from documents stays on its line. */
export const signingLetter = ({ records, link, about }: SigningMail): string => {
  const [first] = records
  if (first === undefined) throw new Error('a letter about no document')
  const company = `${oneLine(first.senderName)}, ${first.senderTaxId}`
  const asked = oneLine(about.askedBy ?? '')
  const note = oneLine(about.note ?? '')
  const list = (language: Language): string[] => [
    ...records.slice(0, listed).map((record) => {
      const title = `${kindTitles[record.kind][language]} № ${oneLine(record.number)}, ${dayOf(record.date)}`
      const to = record.recipientName === '' ? '' : ` — ${oneLine(record.recipientName)}`
      return `  • ${title}${to}`
    }),
    ...(records.length > listed ? [`  • … +${records.length - listed}`] : []),
  ]
  const line = (label: string, text: string | undefined): string[] =>
    text === undefined || text === '' ? [] : [`${label}: ${text}`]
  const signBy = about.signBy && dayOf(about.signBy)
  return [
    `Документы ждут подписи организации ${company}:`,
    ...list('ru'),
    ...line('Просит', asked),
    ...line('Подписать до', signBy),
    ...line('Пояснение', note),
    `Прочитать и подписать (NCALayer): ${link}`,
    `Ссылка открывает только эти документы и действует до ${until(about.expiresAt)}. Не пересылайте её.`,
    '',
    `${company} ұйымының қолтаңбасын күтетін құжаттар:`,
    ...list('kk'),
    ...line('Сұрайтын', asked),
    ...line('Қол қою мерзімі', signBy),
    ...line('Түсініктеме', note),
    `Оқу және қол қою (NCALayer): ${link}`,
    `Сілтеме тек осы құжаттарды ашады және ${until(about.expiresAt)} дейін жарамды. Оны басқаға жібермеңіз.`,
    '',
    `Documents await the signature of ${company}:`,
    ...list('en'),
    ...line('Asked by', asked),
    ...line('Sign by', signBy),
    ...line('Note', note),
    `Read and sign (NCALayer): ${link}`,
    `The link opens these documents only and works until ${until(about.expiresAt)}. Do not forward it.`,
  ].join('\n')
}
