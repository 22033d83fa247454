import { date, list, nested, optional, record, text, words } from '../language/declare.ts'
import {
  basis,
  headShape,
  lineNames,
  lineUnit,
  maxLines,
  party,
  person,
  quantity,
  tailShape,
  taxId,
} from './parts.ts'

const identityDocument = record(
  'IdentityDocument',
  words('Документ, удостоверяющий личность', 'Жеке басын куәландыратын құжат', 'Identity document'),
  {
    kind: optional(text(100, words('Вид документа', 'Құжат түрі', 'Kind'))),
    number: text(50, words('Номер', 'Нөмірі', 'Number')),
    date: optional(date(words('Дата выдачи', 'Берілген күні', 'Issued on'))),
    issuedBy: optional(text(250, words('Кем выдан', 'Кім берді', 'Issued by'))),
  },
)

const representative = record(
  'Representative',
  words('Доверенное лицо', 'Сенім білдірілген адам', 'Representative'),
  {
    position: optional(text(200, words('Должность', 'Лауазымы', 'Position'))),
    name: text(200, words('Фамилия, имя, отчество', 'Тегі, аты, әкесінің аты', 'Full name')),
    taxId: optional({ ...taxId, title: words('ИИН', 'ЖСН', 'Personal tax id (IIN)') }),
    identityDocument: optional(nested(identityDocument)),
  },
)

const line = record(
  'PowerOfAttorneyLine',
  words('Строка доверенности', 'Сенімхат жолы', 'Line of the power of attorney'),
  {
    ...lineNames,
    ...lineUnit,
    quantity: optional(quantity),
    quantityInWords: optional(text(250, words('Количество прописью', 'Саны жазумен', 'Quantity in words'))),
  },
)

/** Доверенность на получение активов, form Д-1: appendix 6 to Order 562 of 20.12.2012. */
export const powerOfAttorney = record(
  'PowerOfAttorney',
  words('Доверенность', 'Сенімхат', 'Power of attorney'),
  {
    ...headShape,
    validUntil: date(words('Действительна по', 'Жарамдылық мерзімі', 'Valid until')),
    principal: nested(party, words('Доверитель', 'Сенім білдіруші', 'Principal')),
    /** Who releases the assets: receives this document. */
    supplier: nested(party, words('На получение от', 'Кімнен алуға', 'To receive from')),
    representative: nested(representative),
    basis: optional(nested(basis, words('По документу', 'Құжат бойынша', 'By the document'))),
    lines: optional(list('Line', line, maxLines, words('Перечень активов', 'Активтер тізбесі', 'Assets'))),
    manager: optional(nested(person, words('Руководитель', 'Басшы', 'Manager'))),
    chiefAccountant: optional(
      nested(person, words('Главный бухгалтер', 'Бас бухгалтер', 'Chief accountant')),
    ),
    ...tailShape,
  },
)
