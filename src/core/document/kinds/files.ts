import { bytes, date, money, nested, optional, patterned, record, text, words } from '../language/declare.ts'
import { basis, headShape, number, party, tailShape } from './parts.ts'

/** Larger files come in parts (`PutFilePart`). 20 MiB of content. */
export const maxFileBytes = 20 * 1024 * 1024

const sender = nested(party, words('Отправитель', 'Жіберуші', 'Sender'))
const recipient = nested(party, words('Получатель', 'Алушы', 'Recipient'))

const fileShape = {
  fileName: text(255, words('Имя файла', 'Файл аты', 'File name')),
  mediaType: patterned(
    'MediaType',
    127,
    '[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*',
    'application/pdf',
    words('Тип содержимого (MIME)', 'Мазмұн түрі (MIME)', 'Media type'),
  ),
  content: bytes(maxFileBytes, words('Содержимое', 'Мазмұны', 'Content')),
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
