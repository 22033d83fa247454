import { fault, type Fault } from '../kernel/index.ts'
import type { AccessState } from './states.ts'

/** What the gate knows of a company's access: a few fields of its contract, read together. */
export interface Access {
  companyId: string
  state: AccessState
  /** When access was granted: the 12 months run from here (offer 2.3). Absent before the first grant. */
  activatedAt?: Date
  expiresAt?: Date
  /** The version of the offer that holds; cited by every denial. */
  offerVersion?: string
  /** A contract under notice goes on as it was until its last day (offer 8.1). */
  sendsUnderNotice?: boolean
  /** Present where the tariff has a monthly limit of outgoing documents. */
  limit?: MonthlyLimit
}

export interface MonthlyLimit {
  perMonth: number
  /** Outgoing documents counted so far this month; may be up to two seconds behind other processes. */
  used: number
  /** `restrict` closes sending at the limit; `warn` only tells (offer 4.3 is a right of the operator, no duty). */
  policy: 'warn' | 'restrict'
}

/**
 * May this company send? Signing and downloading incoming documents and the archive never ask (offer 4.3).
 * The answer depends on the clock and the meter, not on whether a job has run.
 */
export const denialOfSending = (
  access: Access | undefined,
  now: Date,
  /** How many are to be sent together: all of them or none. */
  documents = 1,
): Fault | undefined => {
  if (access === undefined) return notGranted('1')
  const version = access.offerVersion ?? '1'
  switch (access.state) {
    case 'NONE':
      return notGranted(version)
    case 'ACCEPTED':
    case 'INVOICED':
    case 'PAID':
    case 'LAPSED':
      return notYetGranted(access.state, version)
    case 'TERMINATED':
    case 'BREACH_ENDED':
    case 'CONSENT_WITHDRAWN':
      return contractEnded(access.state, version)
    case 'RESTRICTED':
    case 'ARCHIVE_ONLY':
    case 'PURGED':
      return isOverLimit(access, now, documents) ? overLimit(access.limit, version) : sendingClosed(version)
    case 'TERMINATING':
      if (access.sendsUnderNotice !== true) return sendingClosed(version)
      break
    case 'ACTIVE':
  }
  if (access.expiresAt === undefined || now >= access.expiresAt) return sendingClosed(version)
  return isOverLimit(access, now, documents) ? overLimit(access.limit, version) : undefined
}

/** True when the only thing that closes sending is the paid number of the month. */
const isOverLimit = (
  access: Access,
  now: Date,
  documents: number,
): access is Access & { limit: MonthlyLimit } =>
  access.limit?.policy === 'restrict' &&
  access.limit.used + documents > access.limit.perMonth &&
  access.expiresAt !== undefined &&
  now < access.expiresAt

const notGranted = (version: string): Fault =>
  fault('ACCESS-01', '', {
    ru: `Доступ к отправке не предоставлен (п. 2.1 оферты, редакция ${version}). Примите оферту и оплатите доступ; входящие документы и архив доступны.`,
    kk: `Жіберуге қолжетімділік берілмеген (офертаның 2.1-т., ${version}-редакция). Офертаны қабылдап, қолжетімділікке ақы төлеңіз; кіріс құжаттар мен мұрағат қолжетімді.`,
    en: `Sending has not been granted (offer 2.1, version ${version}). Accept the offer and pay for access; incoming documents and the archive stay open.`,
  })

const sendingClosed = (version: string): Fault =>
  fault('ACCESS-02', '', {
    ru: `Срок доступа закончился или доступ ограничен: отправка закрыта (п. 4.3 оферты, редакция ${version}). Подписание входящих, скачивание и архив работают. Продлите доступ, чтобы отправлять.`,
    kk: `Қолжетімділік мерзімі аяқталды немесе шектелді: жіберу жабық (офертаның 4.3-т., ${version}-редакция). Кіріс құжаттарға қол қою, жүктеп алу және мұрағат жұмыс істейді. Жіберу үшін мерзімді ұзартыңыз.`,
    en: `Access has ended or is restricted: sending is closed (offer 4.3, version ${version}). Signing incoming documents, downloads and the archive work. Renew access to send.`,
  })

const overLimit = ({ perMonth, used }: MonthlyLimit, version: string): Fault =>
  fault('ACCESS-03', '', {
    ru: `Исчерпан оплаченный месячный лимит исходящих документов: ${used} из ${perMonth} (п. 4.3 оферты, редакция ${version}). Подайте заявку на тариф выше (п. 4.4) или дождитесь следующего месяца; входящие и архив работают.`,
    kk: `Айлық төленген шығыс құжаттар лимиті таусылды: ${perMonth} ішінен ${used} (офертаның 4.3-т., ${version}-редакция). Жоғары тарифке өтініш беріңіз (4.4-т.) немесе келесі айды күтіңіз; кіріс құжаттар мен мұрағат жұмыс істейді.`,
    en: `The paid monthly limit of outgoing documents is used up: ${used} of ${perMonth} (offer 4.3, version ${version}). Apply for a higher tariff (4.4) or wait for the next month; incoming documents and the archive work.`,
  })

const next = {
  ACCEPTED: {
    clause: '2.1',
    ru: 'оферта принята, счёт ещё не выставлен',
    kk: 'оферта қабылданды, шот әлі қойылмаған',
    en: 'the offer is accepted, the invoice is not made yet',
  },
  INVOICED: {
    clause: '4.1',
    ru: 'счёт ждёт оплаты',
    kk: 'шот төлемді күтуде',
    en: 'the invoice waits for payment',
  },
  PAID: {
    clause: '2.2',
    ru: 'оплата получена, доступ предоставляется в течение 5 рабочих дней',
    kk: 'төлем алынды, қолжетімділік 5 жұмыс күні ішінде беріледі',
    en: 'the payment arrived, access is granted within 5 working days',
  },
  LAPSED: {
    clause: '4.1',
    ru: 'счёт не оплачен в срок и утратил силу, запросите новый',
    kk: 'шот мерзімінде төленбей, күшін жойды, жаңасын сұраңыз',
    en: 'the invoice was not paid in time and has lapsed, ask for a new one',
  },
}

const notYetGranted = (state: keyof typeof next, version: string): Fault => {
  const { clause, ru, kk, en } = next[state]
  return fault('ACCESS-04', '', {
    ru: `Доступ к отправке ещё не предоставлен: ${ru} (п. ${clause} оферты, редакция ${version}). Входящие документы и архив доступны.`,
    kk: `Жіберуге қолжетімділік әлі берілмеген: ${kk} (офертаның ${clause}-т., ${version}-редакция). Кіріс құжаттар мен мұрағат қолжетімді.`,
    en: `Sending is not granted yet: ${en} (offer ${clause}, version ${version}). Incoming documents and the archive are open.`,
  })
}

const ends = {
  TERMINATED: { clause: '8.1', ru: 'расторгнут', kk: 'бұзылған', en: 'was terminated' },
  BREACH_ENDED: {
    clause: '8.2',
    ru: 'прекращён из-за нарушения',
    kk: 'бұзушылыққа байланысты тоқтатылған',
    en: 'was ended over a breach',
  },
  CONSENT_WITHDRAWN: {
    clause: '6.4',
    ru: 'прекращён отзывом согласия на обработку данных',
    kk: 'деректерді өңдеуге келісімді қайтарып алумен тоқтатылған',
    en: 'ended with the withdrawal of the consent to data processing',
  },
}

const contractEnded = (state: keyof typeof ends, version: string): Fault => {
  const { clause, ru, kk, en } = ends[state]
  return fault('ACCESS-05', '', {
    ru: `Договор ${ru}: отправка закрыта (п. ${clause} оферты, редакция ${version}). Входящие документы и выгрузка архива остаются доступны.`,
    kk: `Шарт ${kk}: жіберу жабық (офертаның ${clause}-т., ${version}-редакция). Кіріс құжаттар мен мұрағатты шығару қолжетімді болып қалады.`,
    en: `The contract ${en}: sending is closed (offer ${clause}, version ${version}). Incoming documents and the export of the archive stay open.`,
  })
}
