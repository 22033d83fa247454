import type { Contract, FileDocument, PowerOfAttorney } from '../kinds/index.ts'
import type { Rule } from './rule.ts'
import { fault, notice, rule } from './rule.ts'

/** Rules of the power of attorney Д-1, of contracts and of files. */

export const powerOfAttorneyRules: readonly Rule<PowerOfAttorney>[] = [
  rule(
    fault(
      'POA-01',
      'Срок действия доверенности заканчивается раньше её даты. Исправьте срок.',
      'Сенімхаттың мерзімі оның күнінен бұрын бітеді. Мерзімін түзетіңіз.',
      'The power of attorney expires before its date. Correct the term.',
    ),
    'validUntil',
    (paper) => paper.validUntil >= paper.date,
  ),
  rule(
    notice(
      'POA-02',
      'Срок действия доверенности уже истёк. Проверьте, нужна ли она.',
      'Сенімхаттың мерзімі өтіп кеткен. Оның қажеттігін тексеріңіз.',
      'The power of attorney has expired already. Check whether it is needed.',
    ),
    'validUntil',
    (paper, { today }) => paper.validUntil >= today || paper.validUntil < paper.date,
  ),
  rule(
    fault(
      'POA-03',
      'Не указан документ, удостоверяющий личность, или ИИН доверенного лица. Заполните одно из двух.',
      'Сенім білдірілген адамның жеке куәлігі немесе ЖСН көрсетілмеген. Екеуінің бірін толтырыңыз.',
      'Neither the identity document nor the IIN of the representative is given. Fill in one of the two.',
    ),
    'representative.identityDocument',
    ({ representative }) =>
      representative.identityDocument !== undefined || representative.taxId !== undefined,
  ),
  rule(
    notice(
      'POA-04',
      'Перечень активов пуст и документ-основание не указан. Форма Д-1 требует хотя бы одно из двух.',
      'Активтер тізбесі бос және негіз құжат көрсетілмеген. Д-1 нысаны екеуінің кемінде бірін талап етеді.',
      'There is neither a list of assets nor a document it rests on. Form D-1 asks for at least one of them.',
    ),
    'lines',
    (paper) => paper.lines !== undefined || paper.basis !== undefined,
  ),
]

export const contractRules: readonly Rule<Contract>[] = [
  rule(
    fault(
      'CONTRACT-01',
      'Договор перестаёт действовать раньше, чем начинает. Исправьте даты.',
      'Шарттың қолданылуы басталмай тұрып аяқталады. Күндерді түзетіңіз.',
      'The contract ends before it begins. Correct the dates.',
    ),
    'validUntil',
    ({ validFrom, validUntil }) =>
      validFrom === undefined || validUntil === undefined || validFrom <= validUntil,
  ),
]

/** What a recipient's computer would run. */
const runnable = /\.(?:bat|cmd|com|cpl|dll|exe|hta|jar|js|jse|lnk|msi|ps1|pif|reg|scr|sh|vb|vbe|vbs|wsf)$/i

/** "%PDF-" in base64; the last character also carries bits of what follows. */
const pdfBegins = 'JVBERi0'

export const fileRules: readonly Rule<Contract | FileDocument>[] = [
  rule(
    fault(
      'FILE-01',
      'Имя файла не должно содержать путь и знаки / \\ : * ? " < > |. Укажите только имя.',
      'Файл атында жол және / \\ : * ? " < > | белгілері болмауы керек. Тек атын көрсетіңіз.',
      'The file name must hold no folder and none of / \\ : * ? " < > |. Give the name alone.',
    ),
    'fileName',
    // eslint-disable-next-line no-control-regex -- line breaks and tabs are legal in text, not in a file name
    ({ fileName }) => !/[/\\:*?"<>|\u0000-\u001F]/.test(fileName) && !/^\.+$/.test(fileName),
  ),
  rule(
    fault(
      'FILE-02',
      'Содержимое не является PDF, хотя тип указан application/pdf. Проверьте файл.',
      'Түрі application/pdf деп көрсетілгенімен, мазмұны PDF емес. Файлды тексеріңіз.',
      'The content is not a PDF although its type says application/pdf. Check the file.',
    ),
    'content',
    ({ mediaType, content }) =>
      mediaType !== 'application/pdf' || content === undefined || content.startsWith(pdfBegins),
  ),
  rule(
    fault(
      'FILE-03',
      'Исполняемые файлы не передаются. Отправьте документ в PDF или другом формате.',
      'Орындалатын файлдар жіберілмейді. Құжатты PDF немесе басқа пішімде жіберіңіз.',
      'Executable files are not exchanged. Send the document as PDF or another format.',
    ),
    'fileName',
    ({ fileName }) => !runnable.test(fileName),
  ),
  rule(
    fault(
      'FILE-04',
      'Укажите либо содержимое (Content), либо вложение, переданное частями (Attachment): ровно одно из двух.',
      'Не мазмұнын (Content), не бөліктермен берілген тіркемені (Attachment) көрсетіңіз: екеуінің біреуін ғана.',
      'Give either the content (Content) or an attachment sent in parts (Attachment): exactly one of the two.',
    ),
    'content',
    ({ content, attachment }) => (content === undefined) !== (attachment === undefined),
  ),
]
