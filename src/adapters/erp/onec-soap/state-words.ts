import type { BatchResult, MirrorState, RecipientState, SenderState } from '../../../core/exchange/index.ts'
import type { Words } from '../../../core/kernel/index.ts'

/** What a state is called in the list of documents: the words users of 1C know. Logic belongs on the codes. */
const senderWords: Readonly<Record<SenderState, Words>> = {
  awaiting_signature: { ru: 'На подписи', kk: 'Қол қоюда', en: 'Awaiting signature' },
  signing: { ru: 'Подписывается', kk: 'Қол қойылуда', en: 'Being signed' },
  signed: { ru: 'Подписан, отправляется', kk: 'Қол қойылды, жіберілуде', en: 'Signed, on its way' },
  delivered: { ru: 'Доставлен получателю', kk: 'Алушыға жеткізілді', en: 'Delivered' },
  annulment_requested: { ru: 'Ожидается аннулирование', kk: 'Жою күтілуде', en: 'Annulment requested' },
  completed: { ru: 'Обмен завершён', kk: 'Алмасу аяқталды', en: 'Completed' },
  refused: { ru: 'Отклонён получателем', kk: 'Алушы қабылдамады', en: 'Refused' },
  annulled: { ru: 'Аннулирован', kk: 'Жойылды', en: 'Annulled' },
  failed: { ru: 'Ошибка передачи', kk: 'Жіберу қатесі', en: 'Failed' },
}

const recipientWords: Readonly<Record<RecipientState, Words>> = {
  none: { ru: 'Ещё не доставлен', kk: 'Әлі жеткізілмеді', en: 'Not delivered yet' },
  arrived: { ru: 'Получен, не просмотрен', kk: 'Алынды, қаралмаған', en: 'Arrived' },
  viewed: { ru: 'Просмотрен, ожидается ответ', kk: 'Қаралды, жауап күтілуде', en: 'Viewed' },
  annulment_requested: {
    ru: 'Отправитель просит аннулировать',
    kk: 'Жіберуші жоюды сұрайды',
    en: 'Annulment requested',
  },
  accepted: { ru: 'Принят', kk: 'Қабылданды', en: 'Accepted' },
  refused: { ru: 'Отклонён', kk: 'Қабылданбады', en: 'Refused' },
  settled: { ru: 'Получен', kk: 'Алынды', en: 'Settled' },
  annulled: { ru: 'Аннулирован', kk: 'Жойылды', en: 'Annulled' },
}

const mirrorWords: Readonly<Record<MirrorState, Words | undefined>> = {
  none: undefined,
  waiting: { ru: 'ИС ЭСФ: ожидает отправки', kk: 'ЭШФ АЖ: жіберуді күтуде', en: 'Portal: waiting' },
  submitted: { ru: 'ИС ЭСФ: отправлен', kk: 'ЭШФ АЖ: жіберілді', en: 'Portal: submitted' },
  registered: { ru: 'ИС ЭСФ: зарегистрирован', kk: 'ЭШФ АЖ: тіркелді', en: 'Portal: registered' },
  rejected: { ru: 'ИС ЭСФ: отклонён', kk: 'ЭШФ АЖ: қабылданбады', en: 'Portal: rejected' },
}

export const senderStateWords = (state: SenderState): Words => senderWords[state]
export const recipientStateWords = (state: RecipientState): Words => recipientWords[state]
export const mirrorStateWords = (state: MirrorState): Words | undefined => mirrorWords[state]

/** What became of one document of a batch. */
export const batchOutcomeWords: Readonly<Record<BatchResult['outcome'], Words>> = {
  signed: { ru: 'Подписан', kk: 'Қол қойылды', en: 'Signed' },
  already: { ru: 'Уже подписан', kk: 'Бұрын қол қойылған', en: 'Signed before' },
  waiting: {
    ru: 'Подписан, ждёт подтверждения НУЦ',
    kk: 'Қол қойылды, ҰКО растауын күтуде',
    en: 'Signed, to be confirmed by the authority',
  },
  refused: { ru: 'Не подписан', kk: 'Қол қойылмады', en: 'Not signed' },
  unavailable: {
    ru: 'Не подписан, повторите позже',
    kk: 'Қол қойылмады, кейінірек қайталаңыз',
    en: 'Not signed, repeat later',
  },
}
