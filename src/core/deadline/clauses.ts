import type { Words } from '../kernel/index.ts'
import type { DayRule } from './day-rule.ts'

/** When somebody is told of a term that runs. */
export interface Reminder {
  unit: 'working-days' | 'calendar-days'
  count: number
  /** Counted from the fact forward (`after-start`) or from the last day back (`before-due`; 0 is the day itself). */
  from: 'after-start' | 'before-due'
}

/** A timer of the operator's public offer, as data. */
export interface Clause {
  /** Our own number of the rule; stable for ever. */
  id: string
  /** Where the offer says it. */
  paragraph: string
  /** The fact that starts the term. */
  startFact: string
  startWords: Words
  /** What has to happen until when, and what follows if not. */
  says: Words
  dayRule: DayRule
  reminders: readonly Reminder[]
}

/** The timers of one version of the offer. */
export interface OfferTimers {
  offerVersion: string
  clauses: readonly Clause[]
}

const workingDays = (count: number): DayRule => ({
  unit: 'working-days',
  count,
  startsOn: 'next-day',
  lastDayOff: 'moves',
})

/** Unqualified days are calendar days; somebody has to act until the last one, so a day off moves (CC art. 175). */
const calendarDays = (count: number): DayRule => ({ ...workingDays(count), unit: 'calendar-days' })

/** A state that lasts, or a watch: nobody acts on its last day, so the day stays what it is. */
const lasting = (unit: 'calendar-days' | 'calendar-months', count: number): DayRule => ({
  unit,
  count,
  startsOn: 'next-day',
  lastDayOff: 'stays',
})

const afterStart = (...counts: number[]): Reminder[] =>
  counts.map((count) => ({ unit: 'working-days', count, from: 'after-start' }))
const beforeDue = (...counts: number[]): Reminder[] =>
  counts.map((count) => ({ unit: 'calendar-days', count, from: 'before-due' }))

/** The offer in force. What its text leaves open is decided here, clause by clause, and may be set otherwise. */
export const offerTimers: OfferTimers = {
  offerVersion: '1',
  clauses: [
    {
      id: 'S7',
      paragraph: '4.1',
      startFact: 'invoice-received',
      startWords: {
        ru: 'счёт получен клиентом',
        kk: 'шотты клиент алды',
        en: 'the client received the invoice',
      },
      says: {
        ru: 'Оплатить счёт в течение 5 календарных дней; иначе счёт теряет силу.',
        kk: 'Шотты күнтізбелік 5 күн ішінде төлеу; әйтпесе шот күшін жояды.',
        en: 'Pay the invoice within 5 calendar days; it lapses otherwise.',
      },
      dayRule: calendarDays(5),
      reminders: beforeDue(2, 0),
    },
    {
      id: 'S8',
      paragraph: '2.2, 3.1.1',
      startFact: 'payment-arrived',
      startWords: { ru: 'оплата поступила', kk: 'төлем түсті', en: 'the payment arrived' },
      says: {
        ru: 'Предоставить доступ в течение 5 рабочих дней; иначе записывается нарушение оператора.',
        kk: '5 жұмыс күні ішінде қолжетімділік беру; әйтпесе оператордың бұзушылығы жазылады.',
        en: 'Grant access within 5 working days; a breach by the operator is recorded otherwise.',
      },
      dayRule: workingDays(5),
      reminders: afterStart(3),
    },
    {
      id: 'S9',
      paragraph: '2.3',
      startFact: 'access-granted',
      startWords: { ru: 'доступ предоставлен', kk: 'қолжетімділік берілді', en: 'access was granted' },
      says: {
        ru: 'Оплаченный доступ действует 12 календарных месяцев; затем исходящие ограничиваются (п. 4.3).',
        kk: 'Төленген қолжетімділік күнтізбелік 12 ай жарамды; содан кейін шығыс құжаттар шектеледі (4.3-т.).',
        en: 'Paid access lasts 12 calendar months; outgoing documents are restricted after it (4.3).',
      },
      // The last day is a day of access like any other, weekend or not: the client can send on it.
      dayRule: lasting('calendar-months', 12),
      reminders: beforeDue(30, 7, 1),
    },
    {
      id: 'S14',
      paragraph: '4.5',
      startFact: 'access-stopped',
      startWords: { ru: 'доступ прекращён', kk: 'қолжетімділік тоқтатылды', en: 'access stopped' },
      says: {
        ru: 'Хранить документы в архиве 3 года; клиент может скачивать подписанные.',
        kk: 'Құжаттарды мұрағатта 3 жыл сақтау; клиент қол қойылғандарын жүктей алады.',
        en: 'Keep the documents archived for 3 years; the client may download the signed ones.',
      },
      // "Up to" three years is never made shorter. Nor does it wait for calendars three years ahead.
      dayRule: lasting('calendar-months', 36),
      reminders: beforeDue(90, 30, 7),
    },
    {
      id: 'S19',
      paragraph: '4.2',
      startFact: 'act-message-received',
      startWords: {
        ru: 'клиент получил сообщение об акте',
        kk: 'клиент акт туралы хабарлама алды',
        en: 'the client received the message about the act',
      },
      says: {
        ru: 'Подписать акт или обоснованно отказать в течение 3 рабочих дней; иначе акт принят полностью.',
        kk: '3 жұмыс күні ішінде актіге қол қою немесе дәлелді бас тарту; әйтпесе акт толық қабылданды.',
        en: 'Sign the act or refuse with reasons within 3 working days; it is accepted in full otherwise.',
      },
      dayRule: workingDays(3),
      reminders: afterStart(1, 2),
    },
    {
      id: 'S34',
      paragraph: '3.4.8, 9.6',
      startFact: 'last-pick-up',
      startWords: {
        ru: 'последнее получение документов',
        kk: 'құжаттарды соңғы алу',
        en: 'the last pick-up',
      },
      says: {
        ru: 'Забирать документы и читать новости не реже раза в неделю; иначе клиент получает сводку.',
        kk: 'Аптасына кемінде бір рет құжаттарды алып, жаңалықтарды оқу; әйтпесе клиент жиынтық хат алады.',
        en: 'Pick up documents and read the news at least once a week; a digest is sent otherwise.',
      },
      dayRule: lasting('calendar-days', 7),
      reminders: [],
    },
    {
      id: 'S38',
      paragraph: '5.3-5.5',
      startFact: 'force-majeure-began',
      startWords: {
        ru: 'наступила непреодолимая сила',
        kk: 'еңсерілмес күш басталды',
        en: 'force majeure began',
      },
      says: {
        ru: 'Известить другую сторону в течение 5 рабочих дней; иначе ссылаться на непреодолимую силу нельзя.',
        kk: 'Екінші тарапқа 5 жұмыс күні ішінде хабарлау; әйтпесе еңсерілмес күшке сүйенуге болмайды.',
        en: 'Notify the other side within 5 working days; force majeure cannot be relied on otherwise.',
      },
      dayRule: workingDays(5),
      reminders: [],
    },
    {
      id: 'S42',
      paragraph: '7.1-7.4',
      startFact: 'claim-received',
      startWords: { ru: 'претензия получена', kk: 'талап алынды', en: 'the claim was received' },
      says: {
        ru: 'Удовлетворить претензию или обоснованно отказать в течение 10 рабочих дней; молчание — отказ.',
        kk: '10 жұмыс күні ішінде талапты қанағаттандыру немесе дәлелді бас тарту; үндемеу — бас тарту.',
        en: 'Satisfy the claim or refuse with reasons within 10 working days; silence is a refusal.',
      },
      dayRule: workingDays(10),
      reminders: afterStart(7, 9),
    },
    {
      id: 'S43',
      paragraph: '8.1',
      startFact: 'termination-notice-received',
      startWords: {
        ru: 'письменное уведомление о расторжении получено',
        kk: 'бұзу туралы жазбаша хабарлама алынды',
        en: 'the written notice of termination was received',
      },
      says: {
        ru: 'Договор прекращается не ранее чем через 30 дней после уведомления.',
        kk: 'Шарт хабарламадан кейін кемінде 30 күн өткенде тоқтатылады.',
        en: 'The contract ends no earlier than 30 days after the notice.',
      },
      dayRule: calendarDays(30),
      reminders: beforeDue(7, 1),
    },
    {
      id: 'S44',
      paragraph: '9.1-9.3',
      startFact: 'offer-published',
      startWords: {
        ru: 'новая редакция оферты опубликована',
        kk: 'офертаның жаңа редакциясы жарияланды',
        en: 'a new version of the offer was published',
      },
      says: {
        ru: 'Изменения вступают в силу не ранее чем через 5 календарных дней; по закону (п. 9.4) — вместе с законом.',
        kk: 'Өзгерістер күнтізбелік 5 күннен ерте күшіне енбейді; заң бойынша (9.4-т.) — заңмен бірге.',
        en: 'Changes take effect no earlier than 5 calendar days after; those due to law (9.4) with the law.',
      },
      dayRule: lasting('calendar-days', 5),
      reminders: [],
    },
    {
      id: 'S46',
      paragraph: '9.7',
      startFact: 'change-published',
      startWords: {
        ru: 'изменения опубликованы',
        kk: 'өзгерістер жарияланды',
        en: 'the change was published',
      },
      says: {
        ru: 'Письменно возразить в течение 1 рабочего дня, но не позже конца оплаченного периода; позднее возражение не принимается.',
        kk: '1 жұмыс күні ішінде, бірақ төленген кезеңнің соңынан кешіктірмей жазбаша қарсылық білдіру; кеш қарсылық қабылданбайды.',
        en: 'Object in writing within 1 working day, yet not later than the end of the paid period; a late objection is refused.',
      },
      dayRule: workingDays(1),
      reminders: [],
    },
    {
      id: 'S47',
      paragraph: '10.8',
      startFact: 'requisites-changed',
      startWords: { ru: 'реквизиты изменились', kk: 'деректемелер өзгерді', en: 'the requisites changed' },
      says: {
        ru: 'Сообщить о новых реквизитах в течение 3 рабочих дней; иначе убытки несёт промолчавший.',
        kk: 'Жаңа деректемелер туралы 3 жұмыс күні ішінде хабарлау; әйтпесе шығынды үндемеген тарап көтереді.',
        en: 'Tell the new requisites within 3 working days; losses fall on the silent side otherwise.',
      },
      dayRule: workingDays(3),
      reminders: [],
    },
  ],
}

/** The same offer with other day rules where its text leaves a choice: settings by clause. */
export const withDayRules = (
  offer: OfferTimers,
  rules: Readonly<Record<string, Partial<DayRule>>>,
): OfferTimers => ({
  ...offer,
  clauses: offer.clauses.map((clause) => ({
    ...clause,
    dayRule: { ...clause.dayRule, ...rules[clause.id] },
  })),
})
