import { fault, type Fault } from '../kernel/index.ts'

/**
 * The life of an access, from acceptance of the offer to purge (offer 2.1-2.3, 4.1-4.5).
 * Only the states the gate itself asks about are decided here; the table of all transitions is drawn
 * in `core/README.md`.
 */
export type AccessState = 'ACTIVE' | 'RESTRICTED' | 'ARCHIVE_ONLY'

export interface Access {
  companyId: string
  state: AccessState
  /** When access was granted: the 12 months run from here (offer 2.3). */
  activatedAt: Date
  expiresAt: Date
}

/**
 * May this company send? Signing and downloading incoming documents and the archive never ask (offer 4.3).
 * The answer depends on the clock, not on whether the nightly job has run.
 */
export const denialOfSending = (access: Access | undefined, now: Date): Fault | undefined => {
  if (access === undefined) {
    return fault('ACCESS-01', '', {
      ru: 'Доступ к отправке не предоставлен (п. 2.1 оферты). Примите оферту и оплатите доступ; входящие документы и архив доступны.',
      kk: 'Жіберуге қолжетімділік берілмеген (офертаның 2.1-т.). Офертаны қабылдап, қолжетімділікке ақы төлеңіз; кіріс құжаттар мен мұрағат қолжетімді.',
      en: 'Sending has not been granted (offer 2.1). Accept the offer and pay for access; incoming documents and the archive stay open.',
    })
  }
  if (access.state !== 'ACTIVE' || now >= access.expiresAt) {
    return fault('ACCESS-02', '', {
      ru: 'Срок доступа закончился или доступ ограничен: отправка закрыта (п. 4.3 оферты). Подписание входящих, скачивание и архив работают. Продлите доступ, чтобы отправлять.',
      kk: 'Қолжетімділік мерзімі аяқталды немесе шектелді: жіберу жабық (офертаның 4.3-т.). Кіріс құжаттарға қол қою, жүктеп алу және мұрағат жұмыс істейді. Жіберу үшін мерзімді ұзартыңыз.',
      en: 'Access has ended or is restricted: sending is closed (offer 4.3). Signing incoming documents, downloads and the archive work. Renew access to send.',
    })
  }
  return undefined
}
