import {
  bytes,
  date,
  decimalNumber,
  money,
  nested,
  optional,
  patterned,
  record,
  text,
  words,
} from '../language/declare.ts'
import { basis, headShape, number, party, tailShape } from './parts.ts'

/** Larger files come in parts and are named by their digest (`attachment`). 20 MiB of content. */
export const maxFileBytes = 20 * 1024 * 1024

const sender = nested(party, words('Отправитель', 'Жіберуші', 'Sender'))
const recipient = nested(party, words('Получатель', 'Алушы', 'Recipient'))

/** A file that is too large to stand in the document. Whoever signs the document signs its digest. */
const attachment = record(
  'Attachment',
  words('Вложение, переданное частями', 'Бөліктермен берілген тіркеме', 'Attachment sent in parts'),
  {
    size: decimalNumber(12, 0, words('Размер, байт', 'Көлемі, байт', 'Size, bytes')),
    sha256: patterned(
      'Sha256',
      64,
      '[0-9a-f]{64}',
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      words('SHA-256 содержимого', 'Мазмұнның SHA-256', 'SHA-256 of the content'),
    ),
  },
)

const fileShape = {
  fileName: text(255, words('Имя файла', 'Файл аты', 'File name')),
  mediaType: patterned(
    'MediaType',
    127,
    '[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*',
    'application/pdf',
    words('Тип содержимого (MIME)', 'Мазмұн түрі (MIME)', 'Media type'),
  ),
  content: optional(bytes(maxFileBytes, words('Содержимое', 'Мазмұны', 'Content'))),
  attachment: optional(nested(attachment)),
}

/** Договор: a file with what the parties look for later. */
export const contract = record('Contract', words('Договор', 'Шарт', 'Contract'), {
  ...headShape,
  sender,
  recipient,
  basis: optional(
    nested(
      basis,
      words(
        'К договору (для дополнительных соглашений)',
        'Шартқа (қосымша келісімдер үшін)',
        'To the contract (for amendments)',
      ),
    ),
  ),
  subject: text(1000, words('Предмет договора', 'Шарттың мәні', 'Subject')),
  validFrom: optional(date(words('Действует с', 'Қолданылу басы', 'Valid from'))),
  validUntil: optional(date(words('Действует по', 'Қолданылу соңы', 'Valid until'))),
  amount: optional(money(words('Сумма договора', 'Шарт сомасы', 'Amount'))),
  ...fileShape,
  ...tailShape,
})

/** Произвольный файл. Only here the number may be missing. */
export const fileDocument = record('File', words('Файл', 'Файл', 'File'), {
  ...headShape,
  number: optional(number),
  sender,
  recipient,
  basis: optional(nested(basis)),
  title: text(450, words('Название', 'Атауы', 'Title')),
  ...fileShape,
  ...tailShape,
})
