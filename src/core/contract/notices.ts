import type { Words } from '../kernel/index.ts'

/** What somebody is told by mail. The words are in `noticeWords`; `{…}` are facts. */
export type NoticeKind = keyof typeof noticeWords

/** A mail that is owed: written with the fact that causes it, sent until the mail server takes it. */
export interface NewNotice {
  /** Absent: it concerns no client. */
  companyId?: string
  to: 'client' | 'operator'
  kind: NoticeKind
  /** The same key is the same notice: it is owed once. */
  key: string
  facts: Record<string, string>
  /** The mail carries an active link to this document (offer 4.2). */
  documentId?: string
  dueAt: Date
}

export interface Notice extends NewNotice {
  id: string
  attempts: number
  sentAt?: Date
  sentTo?: string
  /** Why the last attempt failed. */
  trouble?: string
}

const words = (ru: string, kk: string, en: string): Words => ({ ru, kk, en })

/** Everything the gateway writes to people about their contract; each names its clause. */
export const noticeWords = {
  'offer-accepted': words(
    'Оферта принята: редакция {version}, хэш {hash} (п. 1.2, 10.1). Договор действует без срока.',
    'Оферта қабылданды: {version}-редакция, хэші {hash} (1.2, 10.1-т.). Шарт мерзімсіз қолданылады.',
    'The offer is accepted: version {version}, hash {hash} (1.2, 10.1). The contract runs without end.',
  ),
  'invoice-made': words(
    'Счёт {number} на {amount} KZT за доступ по тарифу «{tariff}». Оплатите в течение 5 календарных дней после получения (п. 2.1, 4.1).',
    '«{tariff}» тарифі бойынша қолжетімділік үшін {amount} KZT сомасына {number} шоты. Алғаннан кейін күнтізбелік 5 күн ішінде төлеңіз (2.1, 4.1-т.).',
    'Invoice {number} for {amount} KZT, tariff “{tariff}”. Pay within 5 calendar days of receiving it (2.1, 4.1).',
  ),
  'invoice-due': words(
    'Счёт {number} на {amount} KZT: последний день оплаты — {dueOn} (п. 4.1). Потом счёт теряет силу.',
    '{number} шоты, {amount} KZT: төлеудің соңғы күні — {dueOn} (4.1-т.). Содан кейін шот күшін жояды.',
    'Invoice {number} for {amount} KZT: the last day to pay is {dueOn} (4.1). It lapses afterwards.',
  ),
  'invoice-lapsed': words(
    'Счёт {number} не оплачен до {dueOn} и утратил силу (п. 4.1). Запросите новый.',
    '{number} шоты {dueOn} дейін төленбей, күшін жойды (4.1-т.). Жаңасын сұраңыз.',
    'Invoice {number} was not paid by {dueOn} and has lapsed (4.1). Ask for a new one.',
  ),
  'payment-received': words(
    'Получено {amount} KZT. Доступ предоставляется в течение 5 рабочих дней, до {dueOn} (п. 2.2).',
    '{amount} KZT түсті. Қолжетімділік 5 жұмыс күні ішінде, {dueOn} дейін беріледі (2.2-т.).',
    '{amount} KZT arrived. Access is granted within 5 working days, by {dueOn} (2.2).',
  ),
  'payment-partial': words(
    'Получено {amount} KZT, по счёту {number} не хватает {missing} KZT (п. 4.1: предоплата 100 %).',
    '{amount} KZT түсті, {number} шоты бойынша {missing} KZT жетіспейді (4.1-т.: алдын ала төлем 100 %).',
    '{amount} KZT arrived; {missing} KZT of invoice {number} are missing (4.1: 100 % prepayment).',
  ),
  'payment-unclaimed': words(
    'Платёж {amount} KZT учтён как аванс: открытого счёта нет (п. 4.1).',
    '{amount} KZT төлемі аванс ретінде есепке алынды: ашық шот жоқ (4.1-т.).',
    'The payment of {amount} KZT is kept as credit: no invoice is open (4.1).',
  ),
  'grant-due': words(
    'Клиент {client}: оплата получена, доступ не предоставлен третий рабочий день. Последний день — {dueOn} (п. 2.2).',
    'Клиент {client}: төлем алынды, қолжетімділік үшінші жұмыс күні берілмеген. Соңғы күні — {dueOn} (2.2-т.).',
    'Client {client}: paid, and no access for three working days. The last day is {dueOn} (2.2).',
  ),
  'grant-breached': words(
    'Клиент {client}: доступ не предоставлен до {dueOn} — нарушение оператора записано (п. 2.2, 3.1.1).',
    'Клиент {client}: қолжетімділік {dueOn} дейін берілмеді — оператордың бұзушылығы жазылды (2.2, 3.1.1-т.).',
    'Client {client}: no access by {dueOn}; the operator’s breach is recorded (2.2, 3.1.1).',
  ),
  activated: words(
    'Доступ предоставлен {fromOn} и действует по {toOn} включительно: 12 календарных месяцев (п. 2.3).',
    'Қолжетімділік {fromOn} берілді және {toOn} қоса алғанда қолданылады: күнтізбелік 12 ай (2.3-т.).',
    'Access was granted on {fromOn} and lasts up to and including {toOn}: 12 calendar months (2.3).',
  ),
  'access-ends': words(
    'Доступ заканчивается {dueOn} (п. 2.3). Потом отправка закроется; входящие и архив останутся (п. 4.3).',
    'Қолжетімділік {dueOn} аяқталады (2.3-т.). Содан кейін жіберу жабылады; кіріс құжаттар мен мұрағат қалады (4.3-т.).',
    'Access ends on {dueOn} (2.3). Sending closes then; incoming documents and the archive stay (4.3).',
  ),
  'access-ended': words(
    'Срок доступа закончился {dueOn}: отправка закрыта (п. 4.3). Подписание и скачивание входящих и архив работают.',
    'Қолжетімділік мерзімі {dueOn} аяқталды: жіберу жабық (4.3-т.). Кіріс құжаттарға қол қою, жүктеу және мұрағат жұмыс істейді.',
    'Access ended on {dueOn}: sending is closed (4.3). Signing and downloading incoming documents and the archive work.',
  ),
  'limit-near': words(
    'Использовано {percent} % месячного лимита исходящих: {used} из {limit} (п. 4.3). Тариф можно поднять (п. 4.4).',
    'Шығыс құжаттардың айлық лимитінің {percent} %-ы пайдаланылды: {limit} ішінен {used} (4.3-т.). Тарифті көтеруге болады (4.4-т.).',
    '{percent} % of the monthly limit of outgoing documents is used: {used} of {limit} (4.3). The tariff can be raised (4.4).',
  ),
  'upgrade-asked': words(
    'Клиент {client} просит тариф «{tariff}» вместо «{present}» (п. 4.4).',
    'Клиент {client} «{present}» орнына «{tariff}» тарифін сұрайды (4.4-т.).',
    'Client {client} asks for the tariff “{tariff}” instead of “{present}” (4.4).',
  ),
  upgraded: words(
    'Тариф поднят до «{tariff}» (п. 4.4). Счётчик месяца сохранён.',
    'Тариф «{tariff}» дейін көтерілді (4.4-т.). Ай санағышы сақталды.',
    'The tariff is now “{tariff}” (4.4). The month’s counter is kept.',
  ),
  'act-sent': words(
    'Акт доступа {number} на {amount} KZT. Подпишите его по ссылке в течение 3 рабочих дней с получения или откажите письменно с причиной; иначе он принят полностью (п. 4.2).',
    '{amount} KZT сомасына {number} қолжетімділік актісі. Оған алған күннен 3 жұмыс күні ішінде сілтеме арқылы қол қойыңыз немесе себебін көрсетіп жазбаша бас тартыңыз; әйтпесе ол толық қабылданды (4.2-т.).',
    'Act of access {number} for {amount} KZT. Sign it behind the link within 3 working days of receipt or refuse it in writing with a reason; it is accepted in full otherwise (4.2).',
  ),
  'act-to-sign': words(
    'Акт доступа {number} ждёт подписи до {dueOn} включительно (п. 4.2).',
    '{number} қолжетімділік актісі {dueOn} қоса алғанда қол қоюды күтеді (4.2-т.).',
    'Act of access {number} waits for your signature up to {dueOn} (4.2).',
  ),
  'act-deemed': words(
    'Акт доступа {number} принят полностью: до {dueOn} он не подписан и не отклонён с причиной (п. 4.2).',
    '{number} қолжетімділік актісі толық қабылданды: {dueOn} дейін қол қойылмады және дәлелді бас тартылмады (4.2-т.).',
    'Act of access {number} is accepted in full: it was neither signed nor refused with reasons by {dueOn} (4.2).',
  ),
  'act-refused': words(
    'Клиент {client} отказался от акта {number}: {reason} (п. 4.2).',
    'Клиент {client} {number} актісінен бас тартты: {reason} (4.2-т.).',
    'Client {client} refused act {number}: {reason} (4.2).',
  ),
  'archive-ends': words(
    'Договорный срок хранения архива истекает {dueOn} (п. 4.5). Скачайте подписанные документы.',
    'Мұрағатты сақтаудың шарттық мерзімі {dueOn} аяқталады (4.5-т.). Қол қойылған құжаттарды жүктеп алыңыз.',
    'The contract’s term of the archive ends on {dueOn} (4.5). Download your signed documents.',
  ),
  'archive-over': words(
    'Договорный срок хранения истёк {dueOn} (п. 4.5). От удалённого остаются хэши.',
    'Сақтаудың шарттық мерзімі {dueOn} аяқталды (4.5-т.). Жойылғаннан хэштер қалады.',
    'The contract’s term of the archive ended on {dueOn} (4.5). Hashes remain of what is purged.',
  ),
  'termination-notified': words(
    'Уведомление о расторжении получено: договор прекращается {dueOn} (п. 8.1). Архив можно выгрузить целиком.',
    'Бұзу туралы хабарлама алынды: шарт {dueOn} тоқтатылады (8.1-т.). Мұрағатты толық шығаруға болады.',
    'Notice of termination received: the contract ends on {dueOn} (8.1). The whole archive can be exported.',
  ),
  'termination-near': words(
    'Договор прекращается {dueOn} (п. 8.1). Выгрузите архив.',
    'Шарт {dueOn} тоқтатылады (8.1-т.). Мұрағатты шығарып алыңыз.',
    'The contract ends on {dueOn} (8.1). Export your archive.',
  ),
  'contract-ended': words(
    'Договор прекращён: {why}. Входящие документы и выгрузка архива остаются доступны 3 года (п. 4.5).',
    'Шарт тоқтатылды: {why}. Кіріс құжаттар мен мұрағатты шығару 3 жыл қолжетімді (4.5-т.).',
    'The contract has ended: {why}. Incoming documents and the export of the archive stay open for 3 years (4.5).',
  ),
  publication: words(
    'Опубликовано: {title}, версия {version}, действует с {effectiveOn} (п. 9.1-9.3). Возразить можно в течение 1 рабочего дня (п. 9.7). {url}',
    'Жарияланды: {title}, {version}-нұсқа, {effectiveOn} бастап қолданылады (9.1-9.3-т.). 1 жұмыс күні ішінде қарсылық білдіруге болады (9.7-т.). {url}',
    'Published: {title}, version {version}, in force from {effectiveOn} (9.1-9.3). Objections within 1 working day (9.7). {url}',
  ),
  'pick-up-overdue': words(
    'Вы не забирали документы с {since} (п. 3.4.8: не реже раза в неделю). Ждут: {count}. {list} Новости: {news}',
    'Сіз {since} бері құжаттарды алған жоқсыз (3.4.8-т.: аптасына кемінде бір рет). Күтуде: {count}. {list} Жаңалықтар: {news}',
    'You have fetched no documents since {since} (3.4.8: at least once a week). Waiting: {count}. {list} News: {news}',
  ),
  'claim-received': words(
    'Претензия {number} получена. Ответ до {dueOn} (п. 7.2-7.3). Ответственность ограничена оплаченной суммой {sum} KZT (п. 5.2).',
    '{number} талабы алынды. Жауап {dueOn} дейін (7.2-7.3-т.). Жауапкершілік төленген {sum} KZT сомасымен шектелген (5.2-т.).',
    'Claim {number} received. Answer by {dueOn} (7.2-7.3). Liability is bounded by the {sum} KZT paid (5.2).',
  ),
  'claim-due': words(
    'Претензия {number} клиента {client}: ответить до {dueOn} (п. 7.3).',
    '{client} клиентінің {number} талабы: {dueOn} дейін жауап беру керек (7.3-т.).',
    'Claim {number} of {client}: answer by {dueOn} (7.3).',
  ),
  'claim-answered': words(
    'Претензия {number}: {outcome} (п. 7.3).',
    '{number} талабы: {outcome} (7.3-т.).',
    'Claim {number}: {outcome} (7.3).',
  ),
  'incident-received': words(
    'Сообщение {number} о попытке постороннего получено (п. 3.4.6): {text}',
    'Бөгде адамның әрекеті туралы {number} хабарламасы алынды (3.4.6-т.): {text}',
    'Report {number} of a third party’s attempt received (3.4.6): {text}',
  ),
  'force-majeure': words(
    'Непреодолимая сила, {number}: {text} Начало {onset}, известить до {dueOn}, извещено {told} (п. 5.3-5.5).',
    'Еңсерілмес күш, {number}: {text} Басталуы {onset}, хабарлау мерзімі {dueOn}, хабарланды {told} (5.3-5.5-т.).',
    'Force majeure, {number}: {text} Onset {onset}, to be told by {dueOn}, told {told} (5.3-5.5).',
  ),
  'document-stuck': words(
    'Документ оператора для {client} не прошёл: {what}. {why}',
    'Оператордың {client} үшін құжаты өтпеді: {what}. {why}',
    'The operator’s document for {client} did not pass: {what}. {why}',
  ),
  'requisites-told': words(
    'Реквизиты с {fromOn} записаны (п. 10.8). {lateness}',
    '{fromOn} бастап деректемелер жазылды (10.8-т.). {lateness}',
    'Requisites from {fromOn} are recorded (10.8). {lateness}',
  ),
} as const

/** A notice in the three languages, filled. What has no fact stays empty. */
export const noticeText = (kind: NoticeKind, facts: Readonly<Record<string, string>>): Words => {
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => facts[name] ?? '').trim()
  const { ru, kk, en } = noticeWords[kind]
  return { ru: fill(ru), kk: fill(kk), en: fill(en) }
}
