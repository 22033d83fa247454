import { fault, type Fault } from '../kernel/index.ts'
import type { SignatureReport } from '../signature/index.ts'
import { factWords, obstacles } from '../signature/index.ts'

/** Faults of the exchange itself. Codes are for ever. */

export const notYourDocument = (path: string): Fault =>
  fault('EXCHANGE-01', path, {
    ru: 'БИН/ИИН отправителя в документе не совпадает с БИН/ИИН организации этого подключения. Отправьте документ из базы этой организации или исправьте реквизиты.',
    kk: 'Құжаттағы жіберушінің БСН/ЖСН осы қосылымның ұйымымен сәйкес келмейді. Құжатты сол ұйымның базасынан жіберіңіз немесе деректемелерді түзетіңіз.',
    en: 'The sender’s tax id in the document is not that of this connection’s company. Send it from that company’s base or correct the requisites.',
  })

export const keyTaken = (firstId: string): Fault =>
  fault('EXCHANGE-02', '', {
    ru: `Ключ идемпотентности уже использован для другого документа (${firstId}). Возьмите новый ключ.`,
    kk: `Идемпотенттік кілті басқа құжат үшін (${firstId}) пайдаланылған. Жаңа кілт алыңыз.`,
    en: `The idempotency key was already used for another document (${firstId}). Take a new key.`,
  })

export const versionTaken = (firstId: string): Fault =>
  fault('EXCHANGE-03', 'version', {
    ru: `Документ с этим идентификатором и версией уже принят с другим содержанием (${firstId}). Передайте новую версию данных (Version) или отзовите первый.`,
    kk: `Осы идентификаторы мен нұсқасы бар құжат басқа мазмұнмен қабылданған (${firstId}). Деректердің жаңа нұсқасын (Version) беріңіз немесе біріншісін қайтарып алыңыз.`,
    en: `A document with this identifier and version was accepted with other content (${firstId}). Send a new data version (Version) or withdraw the first.`,
  })

export const noSuchDocument = (): Fault =>
  fault('EXCHANGE-04', '', {
    ru: 'Документ не найден. Проверьте идентификатор; документы других организаций не видны.',
    kk: 'Құжат табылмады. Идентификаторды тексеріңіз; басқа ұйымдардың құжаттары көрінбейді.',
    en: 'No such document. Check the identifier; documents of other companies are not visible.',
  })

export const notPossibleNow = (what: string, senderState: string, recipientState: string): Fault =>
  fault('EXCHANGE-05', '', {
    ru: `Действие «${what}» невозможно: документ в состоянии «${senderState}» у отправителя и «${recipientState}» у получателя.`,
    kk: `«${what}» әрекеті мүмкін емес: құжат жіберушіде «${senderState}», алушыда «${recipientState}» күйінде.`,
    en: `“${what}” is not possible: the document is “${senderState}” with the sender and “${recipientState}” with the recipient.`,
  })

/** In UTF-16 units, as 1C and browsers count. A reason is part of the record: it is never cut. */
export const longestReason = 1000

export const reasonMissing = (): Fault =>
  fault('EXCHANGE-06', 'reason', {
    ru: 'Укажите причину (до 1000 знаков): без неё отказ или отзыв не принимается.',
    kk: 'Себебін көрсетіңіз (1000 таңбаға дейін): онсыз бас тарту немесе қайтарып алу қабылданбайды.',
    en: 'Give a reason (up to 1000 characters): a refusal or withdrawal is not accepted without one.',
  })

export const signatureMissing = (): Fault =>
  fault('EXCHANGE-07', 'signature', {
    ru: 'Для принятия документа нужна подпись: передайте открепленную CMS над точными байтами документа (GetDocument).',
    kk: 'Құжатты қабылдау үшін қолтаңба қажет: құжаттың нақты байттарына (GetDocument) бөлек CMS беріңіз.',
    en: 'Accepting needs a signature: send a detached CMS over the document’s exact bytes (GetDocument).',
  })

export const badCursor = (): Fault =>
  fault('EXCHANGE-08', 'cursor', {
    ru: 'Курсор не распознан. Передайте курсор из прошлого ответа GetChanges или пустую строку, чтобы начать сначала.',
    kk: 'Курсор танылмады. Алдыңғы GetChanges жауабындағы курсорды немесе басынан бастау үшін бос жолды беріңіз.',
    en: 'The cursor is not one of ours. Send the cursor of the last GetChanges answer, or nothing to start from the beginning.',
  })

export const unknownFormat = (format: string, known: string[]): Fault =>
  fault('EXCHANGE-09', 'format', {
    ru: `Формат «${format.slice(0, 60)}» неизвестен. Доступны: ${known.join(', ')}.`,
    kk: `«${format.slice(0, 60)}» форматы белгісіз. Қолжетімділері: ${known.join(', ')}.`,
    en: `The format “${format.slice(0, 60)}” is unknown. Available: ${known.join(', ')}.`,
  })

export const uploadIncomplete = (missing: number | undefined): Fault =>
  fault('EXCHANGE-10', 'fileId', {
    ru:
      missing === undefined
        ? 'Части файла не найдены. Передайте их через PutFilePart, начиная с номера 1.'
        : `Не хватает части ${missing}. Передайте её через PutFilePart и повторите PutData.`,
    kk:
      missing === undefined
        ? 'Файл бөліктері табылмады. Оларды PutFilePart арқылы 1-нөмірден бастап беріңіз.'
        : `${missing}-бөлік жетіспейді. Оны PutFilePart арқылы беріп, PutData қайталаңыз.`,
    en:
      missing === undefined
        ? 'No parts of this file are here. Send them with PutFilePart, from number 1.'
        : `Part ${missing} is missing. Send it with PutFilePart and repeat PutData.`,
  })

export const tooLarge = (path: string, limitMb: number): Fault =>
  fault('EXCHANGE-11', path, {
    ru: `Слишком большой объём: предел ${limitMb} МБ.`,
    kk: `Көлемі тым үлкен: шегі ${limitMb} МБ.`,
    en: `Too large: the limit is ${limitMb} MB.`,
  })

export const badPartNumber = (): Fault =>
  fault('EXCHANGE-12', 'partNumber', {
    ru: 'Номер части — целое от 1 до 10000, идентификатор файла — до 100 знаков.',
    kk: 'Бөлік нөмірі — 1-ден 10000-ға дейінгі бүтін сан, файл идентификаторы — 100 таңбаға дейін.',
    en: 'A part number is a whole number from 1 to 10000, a file id has up to 100 characters.',
  })

export const badKey = (): Fault =>
  fault('EXCHANGE-13', 'key', {
    ru: 'Ключ идемпотентности: от 1 до 200 печатных знаков без пробелов.',
    kk: 'Идемпотенттік кілті: бос орынсыз 1-ден 200-ге дейін баспа таңбасы.',
    en: 'An idempotency key has 1 to 200 printable characters without spaces.',
  })

export const emptyFile = (): Fault =>
  fault('EXCHANGE-14', 'content', {
    ru: 'В файле нет ни одного документа.',
    kk: 'Файлда бірде-бір құжат жоқ.',
    en: 'There is no document in the file.',
  })

/** The connection has too many parts of files that it never joined. */
export const tooManyParts = (atMost: number): Fault =>
  fault('EXCHANGE-21', 'fileId', {
    ru: `Слишком много частей незавершённых файлов: предел ${atMost}. Завершите файлы через PutData; брошенные части удаляются сами через сутки.`,
    kk: `Аяқталмаған файлдардың бөліктері тым көп: шегі ${atMost}. Файлдарды PutData арқылы аяқтаңыз; тасталған бөліктер бір тәуліктен кейін өздігінен жойылады.`,
    en: `Too many parts of unfinished files: the limit is ${atMost}. Finish files with PutData; abandoned parts go by themselves after a day.`,
  })

/** No room on the disk for another document. */
export const noRoom = (): Fault =>
  fault('STORE-01', '', {
    ru: 'Шлюз временно не принимает новые документы: заканчивается место на диске. Повторите позже; принятые документы не потеряны, подписание и скачивание работают. Оператор уже видит это.',
    kk: 'Шлюз жаңа құжаттарды уақытша қабылдамайды: дискіде орын таусылып барады. Кейінірек қайталаңыз; қабылданған құжаттар жоғалмайды, қол қою және жүктеп алу жұмыс істейді. Оператор мұны көріп отыр.',
    en: 'New documents are not taken for now: the disk is running full. Repeat later; what was taken is not lost, signing and downloads work. The operator sees this already.',
  })

/** A document names an attachment that was never joined, or another company's. */
export const attachmentNotHere = (): Fault =>
  fault('ATTACH-01', 'attachment.sha256', {
    ru: 'Вложения с такой SHA-256 у вас нет. Передайте файл частями (PutFilePart), соедините их (JoinFile) и укажите полученные размер и SHA-256.',
    kk: 'Мұндай SHA-256 бар тіркемеңіз жоқ. Файлды бөліктермен беріңіз (PutFilePart), біріктіріңіз (JoinFile) және алынған көлемі мен SHA-256 мәнін көрсетіңіз.',
    en: 'You have no attachment with this SHA-256. Send the file in parts (PutFilePart), join them (JoinFile) and name the size and SHA-256 that you get.',
  })

export const attachmentSize = (size: number): Fault =>
  fault('ATTACH-02', 'attachment.size', {
    ru: `Размер вложения не совпадает: у нас ${size} байт.`,
    kk: `Тіркеме көлемі сәйкес келмейді: бізде ${size} байт.`,
    en: `The size of the attachment differs: it has ${size} bytes here.`,
  })

export const attachmentNotPdf = (): Fault =>
  fault('ATTACH-03', 'mediaType', {
    ru: 'Вложение не является PDF, хотя тип указан application/pdf. Проверьте файл.',
    kk: 'Түрі application/pdf деп көрсетілгенімен, тіркеме PDF емес. Файлды тексеріңіз.',
    en: 'The attachment is not a PDF although its type says application/pdf. Check the file.',
  })

/** Somebody asks for the attachment of a document that has none. */
export const noAttachment = (): Fault =>
  fault('ATTACH-04', '', {
    ru: 'У документа нет вложения, переданного частями. Файл, если он есть, лежит в самом документе (Content).',
    kk: 'Құжатта бөліктермен берілген тіркеме жоқ. Файл болса, ол құжаттың өзінде (Content).',
    en: 'The document has no attachment sent in parts. Its file, if any, stands in the document itself (Content).',
  })

export const uploadChanged = (): Fault =>
  fault('ATTACH-05', 'fileId', {
    ru: 'Пока файл соединялся, пришла ещё одна его часть. Дождитесь конца передачи и повторите.',
    kk: 'Файл біріктіріліп жатқанда тағы бір бөлігі келді. Беру аяқталғанын күтіп, қайталаңыз.',
    en: 'Another part came while the file was being joined. Wait for the transfer to end and repeat.',
  })

export const noSuchPart = (parts: number): Fault =>
  fault('ATTACH-06', 'partNumber', {
    ru: `Такой части нет: частей у вложения ${parts}, нумерация с 1.`,
    kk: `Мұндай бөлік жоқ: тіркемеде ${parts} бөлік бар, нөмірлеу 1-ден.`,
    en: `There is no such part: the attachment has ${parts}, numbered from 1.`,
  })

/** Two documents of one file under one GUID and version. */
export const twiceInFile = (path: string, first: number): Fault =>
  fault('EXCHANGE-20', path, {
    ru: `Документ с тем же идентификатором и версией уже есть в этом файле (documents[${first}]). Оставьте один из них.`,
    kk: `Идентификаторы мен нұсқасы бірдей құжат осы файлда бар (documents[${first}]). Біреуін қалдырыңыз.`,
    en: `A document with the same identifier and version is already in this file (documents[${first}]). Keep one of them.`,
  })

/** Too many documents wait for the printer. */
export const printerBusy = (): Fault =>
  fault('PRINT-01', '', {
    ru: 'Печатные формы сейчас запрашивают слишком часто. Повторите через несколько секунд; сам документ доступен без печатной формы.',
    kk: 'Баспа нысандары қазір тым жиі сұралуда. Бірнеше секундтан кейін қайталаңыз; құжаттың өзі баспа нысанынсыз қолжетімді.',
    en: 'Print forms are being asked for too often right now. Repeat in a few seconds; the document itself can be had without its print form.',
  })

export const badSignatureCode = 'SIGNATURE-01'

/** The signature was checked and is not good: one fault for each step that failed. */
export const badSignature = (report: SignatureReport): Fault[] =>
  obstacles(report).map((obstacle) => {
    const { checks, advice } = factWords[obstacle.name]
    return fault(badSignatureCode, 'signature', {
      ru: `Подпись не принята, не выполнено: «${checks.ru}». ${advice.ru}`,
      kk: `Қолтаңба қабылданбады, орындалмады: «${checks.kk}». ${advice.kk}`,
      en: `The signature is not accepted, this does not hold: “${checks.en}” (${obstacle.name}). ${advice.en}`,
    })
  })

export const noSigningKey = (): Fault =>
  fault('SIGNATURE-02', 'signature', {
    ru: 'У организации нет ключа подписи в шлюзе. Загрузите ключ или передайте подпись через SubmitSignature.',
    kk: 'Ұйымның шлюзде қол қою кілті жоқ. Кілтті жүктеңіз немесе қолтаңбаны SubmitSignature арқылы беріңіз.',
    en: 'The company has no signing key in the gateway. Load one or send the signature with SubmitSignature.',
  })

/** The authorities that prove signatures have been silent for too long. */
export const evidenceLate = (): Fault =>
  fault('EVIDENCE-01', '', {
    ru: 'Шлюз временно не принимает новые документы и подписи: служба меток времени или статусов сертификатов НУЦ не отвечает, и доказательства уже принятых подписей не собраны. Повторите позже: приём возобновится сам, принятые документы не потеряны.',
    kk: 'Шлюз жаңа құжаттар мен қолтаңбаларды уақытша қабылдамайды: ҰКО уақыт белгісі немесе сертификат мәртебесі қызметі жауап бермейді, қабылданған қолтаңбалардың дәлелдері жиналмаған. Кейінірек қайталаңыз: қабылдау өздігінен жалғасады, қабылданған құжаттар жоғалмайды.',
    en: 'New documents and signatures are not taken for now: the authority’s time-stamp or certificate-status service does not answer, and the evidence of signatures taken before is not complete. Repeat later: intake resumes by itself, and what was taken is not lost.',
  })

export const noWayToDeliver = (): Fault =>
  fault('DELIVERY-01', 'recipient', {
    ru: 'Получатель не подключён к шлюзу, а электронная почта в документе не указана. Укажите почту получателя или пригласите его подключиться.',
    kk: 'Алушы шлюзге қосылмаған, ал құжатта электрондық пошта көрсетілмеген. Алушының поштасын көрсетіңіз немесе оны қосылуға шақырыңыз.',
    en: 'The recipient is not connected and the document has no e-mail address. Give the recipient’s e-mail or invite them to connect.',
  })
