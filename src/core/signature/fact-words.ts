import type { Words } from '../kernel/index.ts'

/** What a step asks, and what a person should do when it does not hold. */
export interface FactWords {
  checks: Words
  advice: Words
}

const words = (ru: string, kk: string, en: string): Words => ({ ru, kk, en })

const signAgain = words(
  'Подпишите документ заново.',
  'Құжатқа қайтадан қол қойыңыз.',
  'Sign the document again.',
)
const signWithOtherKey = words(
  'Подпишите документ действующим ключом ЭЦП организации с правом подписи.',
  'Құжатқа ұйымның қол қою құқығы бар жарамды ЭЦҚ кілтімен қол қойыңыз.',
  'Sign with a valid key of the organisation that carries the right to sign.',
)
const tellSupport = words(
  'Передайте файл подписи в поддержку: подпись создана несовместимой программой или изменена.',
  'Қолтаңба файлын қолдау қызметіне жіберіңіз: ол үйлесімсіз бағдарламамен жасалған немесе өзгертілген.',
  'Send the signature file to support: it was made by incompatible software or was changed.',
)
const waitForAuthority = words(
  'Удостоверяющий центр не ответил. Проверка повторится сама; ничего делать не нужно.',
  'Куәландырушы орталық жауап бермеді. Тексеру өздігінен қайталанады, ештеңе істеудің қажеті жоқ.',
  'The authority did not answer. The check repeats by itself; nothing needs to be done.',
)

/** Every step of the check. A name never changes its meaning: stored reports speak it. */
export const factWords = {
  size: {
    checks: words(
      'Размер подписи в пределах нормы',
      'Қолтаңба көлемі шектен аспайды',
      'The signature is within the size limit',
    ),
    advice: tellSupport,
  },
  encoding: {
    checks: words(
      'Подпись закодирована по правилам DER и не содержит лишних байтов',
      'Қолтаңба DER ережесімен кодталған, артық байт жоқ',
      'The signature is strict DER without trailing bytes',
    ),
    advice: words(
      'Файл повреждён или записан в BER (неопределённая длина): такие подписи не принимаются. Подпишите через NCALayer или настройте программу писать DER.',
      'Файл бүлінген немесе BER пішімінде жазылған (белгісіз ұзындық): мұндай қолтаңбалар қабылданбайды. NCALayer арқылы қол қойыңыз немесе бағдарламаны DER жазатындай етіп баптаңыз.',
      'The file is damaged or written in BER (indefinite lengths): such signatures are not taken. Sign through NCALayer, or make the program write DER.',
    ),
  },
  structure: {
    checks: words(
      'Это подпись формата CMS SignedData',
      'Бұл CMS SignedData пішіміндегі қолтаңба',
      'This is a CMS SignedData message',
    ),
    advice: tellSupport,
  },
  'xml-form': {
    checks: words(
      'Документ — правильный XML без DOCTYPE и инструкций обработки',
      'Құжат — DOCTYPE мен өңдеу нұсқауларысыз дұрыс XML',
      'The document is well-formed XML without DOCTYPE and processing instructions',
    ),
    advice: words(
      'Передайте файл в поддержку: он повреждён или создан несовместимой программой.',
      'Файлды қолдау қызметіне жіберіңіз: ол бүлінген немесе үйлесімсіз бағдарламамен жасалған.',
      'Send the file to support: it is damaged or was made by incompatible software.',
    ),
  },
  'xml-signature': {
    checks: words(
      'Подпись XML имеет разрешённый вид и охватывает весь документ',
      'XML қолтаңбасының түрі рұқсат етілген және бүкіл құжатты қамтиды',
      'The XML signature has an allowed form and refers to the whole document',
    ),
    advice: words(
      'Подпишите документ целиком заново (вложенная подпись XMLDSig через NCALayer или портал).',
      'Құжатты тұтас қайта қол қойыңыз (NCALayer немесе портал арқылы кіріктірілген XMLDSig қолтаңбасы).',
      'Sign the whole document again (enveloped XMLDSig through NCALayer or the portal).',
    ),
  },
  'xml-comments': {
    checks: words(
      'В тексте нет неподписанных комментариев',
      'Мәтінде қол қойылмаған түсіндірмелер жоқ',
      'No unsigned comment stands inside a text',
    ),
    advice: words(
      'Уберите комментарии из XML и подпишите его заново.',
      'XML ішіндегі түсіндірмелерді алып тастап, қайта қол қойыңыз.',
      'Remove the comments from the XML and sign it again.',
    ),
  },
  'signer-count': {
    checks: words(
      'Есть хотя бы один подписант и их число допустимо',
      'Кемінде бір қол қоюшы бар және саны рұқсат етілген',
      'There is at least one signer and not too many',
    ),
    advice: signAgain,
  },
  content: {
    checks: words(
      'Подписан именно этот документ',
      'Дәл осы құжатқа қол қойылған',
      'The content inside the signature is this very document',
    ),
    advice: signAgain,
  },
  'signer-certificate': {
    checks: words(
      'Сертификат подписанта вложен в подпись',
      'Қол қоюшының сертификаты қолтаңбада бар',
      'The signature carries the signer’s certificate',
    ),
    advice: signAgain,
  },
  algorithms: {
    checks: words(
      'Алгоритмы подписи разрешены',
      'Қолтаңба алгоритмдеріне рұқсат етілген',
      'The algorithms are allowed',
    ),
    advice: words(
      'Принимаются ГОСТ 34.10-2015, RSA от 2048 бит (PKCS#1 v1.5, SHA-256 и выше, не PSS) и ECDSA. Подпишите ключом НУЦ РК через NCALayer.',
      'ГОСТ 34.10-2015, 2048 биттен басталатын RSA (PKCS#1 v1.5, SHA-256 және жоғары, PSS емес) және ECDSA қабылданады. ҚР ҰКО кілтімен NCALayer арқылы қол қойыңыз.',
      'GOST 34.10-2015, RSA from 2048 bits (PKCS#1 v1.5, SHA-256 and above, not PSS) and ECDSA are taken. Sign with a key of НУЦ РК through NCALayer.',
    ),
  },
  'key-strength': {
    checks: words('Ключ достаточно стойкий', 'Кілт жеткілікті берік', 'The key is strong enough'),
    advice: signWithOtherKey,
  },
  'signed-attributes': {
    checks: words(
      'Подписанные атрибуты есть и не повторяются',
      'Қол қойылған атрибуттар бар және қайталанбайды',
      'Signed attributes are present, once each and ordered',
    ),
    advice: tellSupport,
  },
  'content-type': {
    checks: words(
      'Тип содержимого подписан верно',
      'Мазмұн түріне дұрыс қол қойылған',
      'The content type is signed once and right',
    ),
    advice: tellSupport,
  },
  'message-digest': {
    checks: words(
      'Хеш документа совпадает с подписанным',
      'Құжат хеші қол қойылған хешпен сәйкес',
      'The digest of the document is the signed one',
    ),
    advice: words(
      'Документ изменён после подписания или подпись от другого документа. Подпишите документ заново.',
      'Құжат қол қойылғаннан кейін өзгертілген немесе қолтаңба басқа құжаттікі. Құжатқа қайтадан қол қойыңыз.',
      'The document was changed after signing, or the signature belongs to another one. Sign it again.',
    ),
  },
  'signing-certificate': {
    checks: words(
      'Подпись привязана к своему сертификату',
      'Қолтаңба өз сертификатына байланған',
      'The signature is bound to its certificate',
    ),
    advice: signAgain,
  },
  'signature-value': {
    checks: words(
      'Подпись математически верна',
      'Қолтаңба математикалық тұрғыдан дұрыс',
      'The signature holds mathematically',
    ),
    advice: signAgain,
  },
  'signing-time': {
    checks: words(
      'Указанное время подписания правдоподобно',
      'Көрсетілген қол қою уақыты шындыққа сай',
      'The claimed time of signing is plausible',
    ),
    advice: words(
      'Проверьте часы компьютера, на котором подписывают, и подпишите заново.',
      'Қол қойылатын компьютердің сағатын тексеріп, қайтадан қол қойыңыз.',
      'Check the clock of the signing computer and sign again.',
    ),
  },
  'time-stamp': {
    checks: words('Метка времени действительна', 'Уақыт белгісі жарамды', 'The time stamp holds'),
    advice: words(
      'Получите новую метку времени или подпишите документ заново.',
      'Жаңа уақыт белгісін алыңыз немесе құжатқа қайтадан қол қойыңыз.',
      'Get a new time stamp or sign the document again.',
    ),
  },
  'archive-time-stamp': {
    checks: words(
      'Архивная метка времени охватывает подпись вместе со всеми её доказательствами',
      'Мұрағаттық уақыт белгісі қолтаңбаны барлық дәлелімен бірге қамтиды',
      'The archive time stamp covers the signature with all its evidence',
    ),
    advice: words(
      'Доказательства изменены или неполны. Возьмите копию подписи из архива ещё раз.',
      'Дәлелдер өзгертілген немесе толық емес. Қолтаңбаның көшірмесін мұрағаттан қайта алыңыз.',
      'The evidence was changed or is incomplete. Take the copy of the signature from the archive again.',
    ),
  },
  'stamp-renewal': {
    checks: words(
      'Метка времени действительна сегодня или вовремя продлена архивной меткой',
      'Уақыт белгісі бүгін жарамды немесе мұрағаттық белгімен дер кезінде ұзартылған',
      'The time stamp can be checked today or was renewed by an archive time stamp in time',
    ),
    advice: words(
      'Возьмите из архива продлённую копию подписи (extended).',
      'Мұрағаттан қолтаңбаның ұзартылған көшірмесін (extended) алыңыз.',
      'Take the renewed copy of the signature (extended) from the archive.',
    ),
  },
  'stamp-revocation': {
    checks: words(
      'Сертификат службы меток времени не отозван',
      'Уақыт белгісі қызметінің сертификаты қайтарып алынбаған',
      'The certificate of the time-stamping authority is not revoked',
    ),
    advice: words(
      'Метке этой службы больше нельзя верить. Передайте подпись в поддержку.',
      'Бұл қызметтің белгісіне енді сенуге болмайды. Қолтаңбаны қолдау қызметіне жіберіңіз.',
      'Stamps of this authority can no longer be believed. Send the signature to support.',
    ),
  },
  chain: {
    checks: words(
      'Сертификат выдан доверенным удостоверяющим центром',
      'Сертификатты сенімді куәландырушы орталық берген',
      'The certificate was issued by a trusted authority',
    ),
    advice: signWithOtherKey,
  },
  environment: {
    checks: words(
      'Ключ выдан для рабочей, а не для тестовой среды',
      'Кілт сынақ ортасына емес, жұмыс ортасына берілген',
      'The key belongs to this environment (production or test)',
    ),
    advice: signWithOtherKey,
  },
  path: {
    checks: words(
      'Цепочка сертификатов построена по правилам',
      'Сертификаттар тізбегі ережеге сай құрылған',
      'The certificate path keeps the rules',
    ),
    advice: signWithOtherKey,
  },
  'critical-extensions': {
    checks: words(
      'Нет неизвестных критических расширений',
      'Белгісіз сыни кеңейтімдер жоқ',
      'No unknown critical extensions',
    ),
    advice: signWithOtherKey,
  },
  validity: {
    checks: words(
      'Сертификаты действовали в момент подписания',
      'Қол қойылған сәтте сертификаттар жарамды болған',
      'The certificates were valid at the trusted time',
    ),
    advice: words(
      'Срок сертификата истёк или ещё не наступил. Подпишите документ действующим ключом.',
      'Сертификат мерзімі өткен немесе әлі басталмаған. Құжатқа жарамды кілтпен қол қойыңыз.',
      'The certificate has ended or has not begun. Sign with a valid key.',
    ),
  },
  'key-usage': {
    checks: words(
      'Ключ предназначен для подписи (неотрекаемость)',
      'Кілт қол қоюға арналған (бас тартпаушылық)',
      'The key is meant for signing (non-repudiation)',
    ),
    advice: words(
      'Это ключ для входа (AUTH). Подпишите ключом для подписи (RSA/GOST … SIGN).',
      'Бұл кіру кілті (AUTH). Қол қою кілтімен (SIGN) қол қойыңыз.',
      'This is a key for logging in (AUTH). Use the signing key.',
    ),
  },
  'certificate-policy': {
    checks: words(
      'Политика сертификата допускает подпись документов',
      'Сертификат саясаты құжатқа қол қоюға рұқсат етеді',
      'The certificate policy allows signing documents',
    ),
    advice: signWithOtherKey,
  },
  role: {
    checks: words(
      'Подписант имеет право подписи таких документов',
      'Қол қоюшының мұндай құжатқа қол қою құқығы бар',
      'The signer’s role may sign this kind of document',
    ),
    advice: signWithOtherKey,
  },
  identity: {
    checks: words(
      'ИИН и БИН в сертификате указаны однозначно',
      'Сертификаттағы ЖСН мен БСН бірмәнді',
      'The certificate names its ИИН and БИН unambiguously',
    ),
    advice: signWithOtherKey,
  },
  'check-digit': {
    checks: words(
      'Контрольный разряд ИИН и БИН верен',
      'ЖСН мен БСН бақылау разряды дұрыс',
      'The check digit of ИИН and БИН is right',
    ),
    advice: signWithOtherKey,
  },
  party: {
    checks: words(
      'Подписала именно та организация, которая указана в документе',
      'Құжатта көрсетілген ұйым қол қойған',
      'The party of the document is the one that signed',
    ),
    advice: words(
      'Выбран ключ другой организации. Подпишите ключом организации, указанной в документе.',
      'Басқа ұйымның кілті таңдалған. Құжатта көрсетілген ұйымның кілтімен қол қойыңыз.',
      'The key of another organisation was chosen. Sign with the key of the party named in the document.',
    ),
  },
  revocation: {
    checks: words(
      'Сертификат подписанта не отозван',
      'Қол қоюшының сертификаты қайтарып алынбаған',
      'The signer’s certificate is not revoked',
    ),
    advice: waitForAuthority,
  },
  'revocation-authority': {
    checks: words(
      'Сертификат удостоверяющего центра не отозван',
      'Куәландырушы орталықтың сертификаты қайтарып алынбаған',
      'The authority’s certificate is not revoked',
    ),
    advice: waitForAuthority,
  },
} as const satisfies Record<string, FactWords>

export type FactName = keyof typeof factWords

export const factNames = Object.keys(factWords) as FactName[]
