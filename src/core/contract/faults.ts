import type { AccessHappening, AccessState } from '../access/index.ts'
import type { Deadline } from '../deadline/index.ts'
import { fault, type DecimalText, type Fault, type LocalDate } from '../kernel/index.ts'

/** Faults of the contract with a client. Codes are for ever; each names its clause. */

export const effectiveTooEarly = (given: LocalDate, earliest: LocalDate, term: Deadline): Fault =>
  fault('CONTRACT-01', 'effectiveOn', {
    ru: `Редакция не может вступить в силу ${given}: публикация — не менее чем за 5 календарных дней, самое раннее ${earliest} (п. ${term.paragraph} оферты, редакция ${term.offerVersion}). Если изменение требует закон, укажите основание (п. 9.4).`,
    kk: `Редакция ${given} күшіне ене алмайды: кемінде күнтізбелік 5 күн бұрын жарияланады, ең ертесі ${earliest} (офертаның ${term.paragraph}-т., ${term.offerVersion}-редакция). Заң талап етсе, негізін көрсетіңіз (9.4-т.).`,
    en: `The version cannot take effect on ${given}: it is published at least 5 calendar days before, ${earliest} at the earliest (offer ${term.paragraph}, version ${term.offerVersion}). Give the legal basis where the law demands it (9.4).`,
  })

export const versionPublished = (version: string): Fault =>
  fault('CONTRACT-02', 'version', {
    ru: `Редакция «${version}» уже опубликована. Опубликованное не меняется: дайте новой редакции новый номер.`,
    kk: `«${version}» редакциясы жарияланған. Жарияланған өзгермейді: жаңа редакцияға жаңа нөмір беріңіз.`,
    en: `Version “${version}” is published already. What is published does not change: give a new version a new number.`,
  })

export const nothingToAccept = (): Fault =>
  fault('CONTRACT-03', '', {
    ru: 'Действующей оферты нет: принимать нечего (п. 1.2). Оператор публикует её командой daneker offer publish.',
    kk: 'Қолданыстағы оферта жоқ: қабылдайтын ештеңе жоқ (1.2-т.). Оператор оны daneker offer publish командасымен жариялайды.',
    en: 'No offer holds: there is nothing to accept (1.2). The operator publishes one with daneker offer publish.',
  })

export const otherOffer = (given: string, held: string): Fault =>
  fault('CONTRACT-04', 'hash', {
    ru: `Подписан другой текст (${given.slice(0, 16)}…): действует редакция с хэшем ${held}. Получите её и подпишите снова.`,
    kk: `Басқа мәтінге қол қойылған (${given.slice(0, 16)}…): қолданыстағы редакцияның хэші ${held}. Оны алып, қайта қол қойыңыз.`,
    en: `Another text was signed (${given.slice(0, 16)}…): the version that holds has the hash ${held}. Fetch it and sign again.`,
  })

export const notNow = (what: AccessHappening, state: AccessState, clause: string, version: string): Fault =>
  fault('CONTRACT-05', '', {
    ru: `Сейчас невозможно: доступ в состоянии ${state} (действие ${what}, п. ${clause} оферты, редакция ${version}). Посмотрите daneker access show.`,
    kk: `Қазір мүмкін емес: қолжетімділік ${state} күйінде (${what} әрекеті, офертаның ${clause}-т., ${version}-редакция). daneker access show қараңыз.`,
    en: `Not possible now: the access is ${state} (${what}, offer ${clause}, version ${version}). See daneker access show.`,
  })

export const unknownTariff = (given: string, known: readonly string[]): Fault =>
  fault('CONTRACT-06', 'tariff', {
    ru: `Тарифа «${given.slice(0, 40)}» нет среди действующих. Есть: ${known.join(', ') || 'ни одного, опубликуйте (п. 3.2.2)'}.`,
    kk: `«${given.slice(0, 40)}» тарифі қолданыстағылар ішінде жоқ. Бары: ${known.join(', ') || 'бірде-біреуі жоқ, жариялаңыз (3.2.2-т.)'}.`,
    en: `The tariff “${given.slice(0, 40)}” is not among those that hold. There are: ${known.join(', ') || 'none, publish one (3.2.2)'}.`,
  })

export const notHigher = (wanted: string, present: string, version: string): Fault =>
  fault('CONTRACT-07', 'tariff', {
    ru: `Тариф «${wanted}» не выше действующего «${present}»: внутри оплаченного срока меняют только вверх (п. 4.4 оферты, редакция ${version}). Ниже — со следующего периода.`,
    kk: `«${wanted}» тарифі қолданыстағы «${present}» тарифінен жоғары емес: төленген мерзім ішінде тек жоғары қарай өзгертіледі (офертаның 4.4-т., ${version}-редакция). Төмен — келесі кезеңнен.`,
    en: `The tariff “${wanted}” is not above “${present}”: within a paid term it only moves up (offer 4.4, version ${version}). Down begins with the next period.`,
  })

export const objectionLate = (term: Deadline): Fault =>
  fault('CONTRACT-09', '', {
    ru: `Возражение опоздало: последним днём было ${term.dueOn} (п. ${term.paragraph} оферты, редакция ${term.offerVersion}: 1 рабочий день со дня публикации${term.notAfter === undefined ? '' : ', не позже конца оплаченного периода'}; календарь ${term.calendarVersion ?? 'не понадобился'}). Договор действует с изменениями.`,
    kk: `Қарсылық кешікті: соңғы күні ${term.dueOn} болды (офертаның ${term.paragraph}-т., ${term.offerVersion}-редакция: жарияланған күннен 1 жұмыс күні; күнтізбе ${term.calendarVersion ?? 'қажет болмады'}). Шарт өзгерістермен қолданылады.`,
    en: `The objection is late: its last day was ${term.dueOn} (offer ${term.paragraph}, version ${term.offerVersion}: 1 working day from publication; calendar ${term.calendarVersion ?? 'not needed'}). The contract goes on with the changes.`,
  })

export const reasonNeeded = (clause: string): Fault =>
  fault('CONTRACT-10', 'reason', {
    ru: `Нужна причина словами, от 10 до 1000 знаков (п. ${clause} оферты).`,
    kk: `Себебі сөзбен керек, 10-нан 1000 таңбаға дейін (офертаның ${clause}-т.).`,
    en: `A reason in words is needed, 10 to 1000 characters (offer ${clause}).`,
  })

export const bonusShort = (left: DecimalText): Fault =>
  fault('CONTRACT-11', 'bonus', {
    ru: `Бонусов меньше, чем хотят списать: осталось ${left} (п. 3.1.3).`,
    kk: `Бонус жеткіліксіз: ${left} қалды (3.1.3-т.).`,
    en: `There is less bonus than asked for: ${left} is left (3.1.3).`,
  })

export const badAmount = (path: string): Fault =>
  fault('CONTRACT-12', path, {
    ru: 'Сумма — десятичный текст больше нуля, до двух знаков после точки: "60000.00".',
    kk: 'Сома — нөлден үлкен ондық мәтін, нүктеден кейін екі таңбаға дейін: "60000.00".',
    en: 'An amount is a decimal text above zero with up to two places: "60000.00".',
  })

export const badDay = (path: string): Fault =>
  fault('CONTRACT-13', path, {
    ru: 'День пишется ГГГГ-ММ-ДД и не может быть таким здесь. Проверьте дату.',
    kk: 'Күн ЖЖЖЖ-АА-КК түрінде жазылады және мұнда мұндай бола алмайды. Күнді тексеріңіз.',
    en: 'A day is written YYYY-MM-DD and cannot be this one here. Check the date.',
  })

export const noSuchRecord = (): Fault =>
  fault('CONTRACT-14', 'id', {
    ru: 'Такой записи в деле клиента нет.',
    kk: 'Клиент ісінде мұндай жазба жоқ.',
    en: 'There is no such record in the client’s file.',
  })

export const recordClosed = (state: string): Fault =>
  fault('CONTRACT-15', 'id', {
    ru: `Запись уже закрыта (${state}) и больше не меняется.`,
    kk: `Жазба жабылған (${state}) және енді өзгермейді.`,
    en: `The record is closed already (${state}) and does not change any more.`,
  })

export const operatorNotSet = (): Fault =>
  fault('CONTRACT-16', '', {
    ru: 'Организация оператора не настроена: укажите contract.operatorTaxId, зарегистрируйте её и загрузите её ключ (daneker company add, company key).',
    kk: 'Оператор ұйымы бапталмаған: contract.operatorTaxId көрсетіңіз, оны тіркеп, кілтін жүктеңіз (daneker company add, company key).',
    en: 'The operator’s company is not set up: give contract.operatorTaxId, register it and load its key (daneker company add, company key).',
  })

export const actAlreadyDeemed = (term: Deadline, at: Date): Fault =>
  fault('CONTRACT-17', '', {
    ru: `Акт уже принят в полном объёме ${at.toISOString().slice(0, 10)}: за 3 рабочих дня, до ${term.dueOn} включительно, он не был ни подписан, ни обоснованно отклонён (п. ${term.paragraph} оферты, редакция ${term.offerVersion}, календарь ${term.calendarVersion ?? '—'}). Несогласие — претензией (п. 7.2).`,
    kk: `Акт ${at.toISOString().slice(0, 10)} толық көлемде қабылданды: 3 жұмыс күнінде, ${term.dueOn} қоса алғанда, оған қол қойылмады да, дәлелді бас тартылмады да (офертаның ${term.paragraph}-т., ${term.offerVersion}-редакция, күнтізбе ${term.calendarVersion ?? '—'}). Келіспеушілік — талаппен (7.2-т.).`,
    en: `The act was accepted in full on ${at.toISOString().slice(0, 10)}: within 3 working days, up to ${term.dueOn}, it was neither signed nor refused with reasons (offer ${term.paragraph}, version ${term.offerVersion}, calendar ${term.calendarVersion ?? '—'}). Disagree by a claim (7.2).`,
  })

export const consentMissing = (name: string, clause: string): Fault =>
  fault('CONTRACT-18', 'consent', {
    ru: `Нет согласия клиента «${name}» (п. ${clause} оферты). Запишите его: daneker access consent.`,
    kk: `Клиенттің «${name}» келісімі жоқ (офертаның ${clause}-т.). Оны жазыңыз: daneker access consent.`,
    en: `The client’s consent “${name}” is missing (offer ${clause}). Record it: daneker access consent.`,
  })

export const noAct = (): Fault =>
  fault('CONTRACT-19', '', {
    ru: 'У клиента нет отправленного акта доступа (п. 4.2).',
    kk: 'Клиенттің жіберілген қолжетімділік актісі жоқ (4.2-т.).',
    en: 'The client has no act of access that was sent (4.2).',
  })

export const badText = (path: string): Fault =>
  fault('CONTRACT-20', path, {
    ru: 'Нужен текст от 1 до 2000 знаков.',
    kk: '1-ден 2000 таңбаға дейінгі мәтін керек.',
    en: 'A text of 1 to 2000 characters is needed.',
  })

export const badSignatureOfOffer = (why: string): Fault =>
  fault('CONTRACT-21', 'signature', {
    ru: `Подпись под офертой не принята: ${why}. Подпишите хэш действующей редакции ключом ЭЦП организации (п. 1.2, 2.5).`,
    kk: `Офертаға қойылған қол қабылданбады: ${why}. Қолданыстағы редакцияның хэшіне ұйымның ЭЦҚ кілтімен қол қойыңыз (1.2, 2.5-т.).`,
    en: `The signature under the offer is not accepted: ${why}. Sign the hash of the version that holds with the company’s EDS (1.2, 2.5).`,
  })

export const nothingHeldThen = (what: string, on: LocalDate): Fault =>
  fault('CONTRACT-22', 'on', {
    ru: `${on} «${what}» не действовало: в журнале публикаций нет такой записи.`,
    kk: `${on} күні «${what}» қолданыста болмады: жарияланымдар журналында мұндай жазба жоқ.`,
    en: `On ${on} no “${what}” held: the publication log has no such line.`,
  })

export const invoiceOpen = (number: string): Fault =>
  fault('CONTRACT-23', '', {
    ru: `Счёт ${number} ещё ждёт оплаты. Новый можно выставить, когда он оплачен или утратил силу (п. 4.1).`,
    kk: `${number} шоты әлі төлемді күтуде. Ол төленгенде немесе күшін жойғанда ғана жаңасын қоюға болады (4.1-т.).`,
    en: `Invoice ${number} still waits for payment. A new one can be made when it is paid or has lapsed (4.1).`,
  })

export const clockInDoubt = (seconds: number): Fault =>
  fault('CONTRACT-24', '', {
    ru: `Часы этого узла расходятся с часами хранилища на ${seconds} с: сроки не исполняются, пока часы не исправлены. Записанные сроки не изменились.`,
    kk: `Осы түйіннің сағаты қойма сағатынан ${seconds} с айырмашылықта: сағат түзетілгенше мерзімдер орындалмайды. Жазылған мерзімдер өзгерген жоқ.`,
    en: `The clock of this node differs from the store’s by ${seconds} s: no term is carried out until the clock is right. The terms that are written have not changed.`,
  })

export const unsignedOffer = (hash: string): Fault =>
  fault('CONTRACT-25', 'signature', {
    ru: `Подпишите оферту: открепленная CMS над её хэшем ${hash} (64 знака). Ключа организации в шлюзе нет (п. 1.2, 2.5).`,
    kk: `Офертаға қол қойыңыз: оның ${hash} хэшіне (64 таңба) бөлек CMS. Шлюзде ұйымның кілті жоқ (1.2, 2.5-т.).`,
    en: `Sign the offer: a detached CMS over its hash ${hash} (64 characters). The gateway has no key of the company (1.2, 2.5).`,
  })
