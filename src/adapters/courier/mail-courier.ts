import { createTransport, type Transporter } from 'nodemailer'
import type { ContractMail } from '../../core/contract/index.ts'
import type { Courier, DocumentRecord } from '../../core/exchange/index.ts'
import { kindTitles } from '../../core/document/index.ts'
import { fault, UpstreamError } from '../../core/kernel/index.ts'
import { oneLine, signingLetter, signingSubject } from './signing-letter.ts'

export interface MailOptions {
  /** `smtp://host:25`, `smtps://user:password@host:465`; undefined: mail is not set up. */
  url: string | undefined
  /** `Daneker <edo@example.kz>`. */
  from: string
  timeoutMs: number
}

/** Mail with one-document links, over SMTP. */
export class MailCourier implements Courier, ContractMail {
  readonly #transport: Transporter | undefined
  readonly #from: string

  constructor({ url, from, timeoutMs }: MailOptions) {
    this.#from = from
    this.#transport =
      url === undefined
        ? undefined
        : createTransport(url, {
            connectionTimeout: timeoutMs,
            greetingTimeout: timeoutMs,
            socketTimeout: timeoutMs,
            // Nothing in a message may make the mailer read files or fetch addresses.
            disableFileAccess: true,
            disableUrlAccess: true,
          } as object)
  }

  mailLink(mail: {
    documentId: string
    to: string
    link: string
    record: DocumentRecord
    expiresAt: Date
  }): Promise<{ messageId: string }> {
    const { kind, number, senderName } = mail.record
    return this.#send({
      id: mail.documentId,
      to: mail.to,
      subject: `${kindTitles[kind].ru} № ${number} от ${senderName}`,
      text: letter(mail),
    })
  }

  mailSigningLink(mail: Parameters<Courier['mailSigningLink']>[0]): Promise<{ messageId: string }> {
    return this.#send({
      id: mail.request,
      to: mail.to,
      subject: signingSubject(mail.records),
      text: signingLetter(mail),
    })
  }

  /** A notice about the contract: plain text, no document in it. */
  mail({ id, to, subject, text }: { id: string; to: string; subject: string; text: string }) {
    return this.#send({ id: `notice-${id}`, to, subject, text })
  }

  async #send({ id, to, subject, text }: { id: string; to: string; subject: string; text: string }): Promise<{
    messageId: string
  }> {
    if (this.#transport === undefined) {
      throw new UpstreamError('refused', 'mail', 'mail is not set up', {
        faults: [
          fault('MAIL-01', '', {
            ru: 'Отправка почты не настроена. Укажите mail.url в настройках.',
            kk: 'Пошта жіберу бапталмаған. Баптауларда mail.url көрсетіңіз.',
            en: 'Mail is not set up. Set mail.url in the configuration.',
          }),
        ],
      })
    }
    if (!isAddress(to)) {
      throw new UpstreamError('refused', 'mail', 'not an e-mail address', {
        faults: [
          fault('MAIL-02', 'recipient.email', {
            ru: 'Адрес электронной почты получателя записан неверно.',
            kk: 'Алушының электрондық пошта мекенжайы қате жазылған.',
            en: 'The recipient’s e-mail address is not well-formed.',
          }),
        ],
      })
    }
    // The same reason has the same message id: a second mail after a crash is seen as the same one.
    const messageId = `<${id}@daneker>`
    try {
      await this.#transport.sendMail({
        from: this.#from,
        to: { name: '', address: to },
        messageId,
        subject: oneLine(subject),
        text,
      })
    } catch (error) {
      throw upstreamOf(error)
    }
    return { messageId }
  }

  /** For the doctor: the server answers and takes our login. */
  async check(): Promise<boolean> {
    return this.#transport === undefined
      ? false
      : this.#transport.verify().then(
          () => true,
          () => false,
        )
  }

  close(): void {
    this.#transport?.close()
  }
}

const isAddress = (text: string): boolean =>
  text.length <= 254 && /^[^\s@<>,;:"()[\]\\]+@[^\s@<>,;:"()[\]\\]+$/.test(text)

const letter = ({
  record,
  link,
  expiresAt,
}: {
  record: DocumentRecord
  link: string
  expiresAt: Date
}): string => {
  const until = expiresAt.toLocaleDateString('ru-KZ', { timeZone: 'Asia/Almaty' })
  const what = (title: string): string =>
    `${title} № ${record.number}, ${record.date.split('-').reverse().join('.')}`
  const titles = kindTitles[record.kind]
  return [
    `${oneLine(record.senderName)} направил вам документ: ${what(titles.ru)}.`,
    `Посмотреть, скачать и ответить: ${link}`,
    `Ссылка открывает только этот документ и действует до ${until}. Не пересылайте её.`,
    '',
    `${oneLine(record.senderName)} сізге құжат жіберді: ${what(titles.kk)}.`,
    `Көру, жүктеу және жауап беру: ${link}`,
    `Сілтеме тек осы құжатты ашады және ${until} дейін жарамды. Оны басқаға жібермеңіз.`,
    '',
    `${oneLine(record.senderName)} sent you a document: ${what(titles.en)}.`,
    `View, download and answer: ${link}`,
    `The link opens this document only and works until ${until}. Do not forward it.`,
  ].join('\n')
}

/** 5xx: they will never take it. 4xx: later. Nothing: unreachable. After DATA was sent the outcome is unclear. */
const upstreamOf = (error: unknown): UpstreamError => {
  const { responseCode, command } = error as { responseCode?: number; command?: string }
  const note = responseCode === undefined ? 'no answer' : `SMTP ${responseCode}`
  if (responseCode !== undefined && responseCode >= 500)
    return new UpstreamError('refused', 'mail', note, { cause: error })
  if (responseCode !== undefined && responseCode >= 400)
    return new UpstreamError('busy', 'mail', note, { cause: error })
  return new UpstreamError(command === 'DATA' ? 'unclear' : 'unreachable', 'mail', note, { cause: error })
}
