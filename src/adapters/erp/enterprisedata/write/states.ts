import type { RecipientState, SenderState, Status } from '../../../../core/exchange/index.ts'
import { hasVatObject } from '../versions.ts'
import { company } from './parts.ts'
import { group, leaf, tag } from './xml.ts'

/** A state of the exchange in the words of 1C: of the document, of our side, of the partner's. */
interface StateWords {
  state: string
  ours: string
  theirs: string
}

const words = (state: string, ours: string, theirs: string): StateWords => ({ state, ours, theirs })

const done = 'ВсеВыполнено'
const idle = 'ДействийНеТребуется'
const act = 'ТребуютсяДействия'

const senderWords: Readonly<Record<SenderState, StateWords>> = {
  awaiting_signature: words('ТребуетсяПодписание', act, idle),
  signing: words('ОжидаетсяПередачаОператору', done, idle),
  signed: words('ОжидаетсяПередачаОператору', done, idle),
  delivered: words('ОжидаетсяПодтверждение', done, act),
  annulment_requested: words('ОжидаетсяПодтверждениеАннулирования', done, act),
  completed: words('ОбменЗавершен', done, done),
  refused: words('ЗакрытСОтклонением', done, 'Отклонен'),
  annulled: words('Аннулирован', done, done),
  failed: words('ТребуетсяИсправлениеОшибкиПередачи', act, idle),
}

const recipientWords: Readonly<Record<RecipientState, StateWords>> = {
  none: words('НеПолучен', idle, act),
  arrived: words('ТребуетсяУтверждение', act, done),
  viewed: words('ТребуетсяУтверждение', act, done),
  annulment_requested: words('ТребуетсяПодтверждениеАннулирования', act, done),
  accepted: words('ОбменЗавершен', done, done),
  settled: words('ОбменЗавершен', done, done),
  refused: words('ЗакрытСОтклонением', 'Отклонен', done),
  annulled: words('Аннулирован', done, done),
}

/** The list of states was written anew between 1.8 and 1.17. */
const formerly: Readonly<Record<string, string>> = {
  ТребуетсяПодписание: 'НаПодписи',
  ОжидаетсяПодтверждениеАннулирования: 'ОжидаетсяАннулирование',
  ЗакрытСОтклонением: 'Отклонен',
  ТребуетсяИсправлениеОшибкиПередачи: 'ОшибкаПередачи',
  ТребуетсяУтверждение: 'НаУтверждении',
  ТребуетсяПодтверждениеАннулирования: 'ТребуетсяАннулировать',
}

/** What a state object says; kept with the message, so that every part of it is cut from the same bytes. */
export interface StateItem extends StateWords {
  /** Member of the composite that names the document of the base. */
  member: string
  ref: string
  number: string
  at: string
  own: { name: string; taxId: string }
  /** Named where the base's key of the document has it. */
  partner?: { name: string; taxId: string }
  comment: string | undefined
}

/** The worst first: of two documents of one object the base shows the one that needs somebody. */
const urgency: readonly SenderState[] = [
  'failed',
  'refused',
  'annulled',
  'annulment_requested',
  'awaiting_signature',
  'signing',
  'signed',
  'delivered',
  'completed',
]

export const mostUrgent = (statuses: readonly Status[]): Status | undefined =>
  [...statuses].sort((a, b) => urgency.indexOf(a.senderState) - urgency.indexOf(b.senderState))[0]

export const stateWordsOf = ({ side, senderState, recipientState }: Status): StateWords =>
  side === 'sender' ? senderWords[senderState] : recipientWords[recipientState]

/** Members of the composite by the object of the base; an object without one has no state in the format. */
export const basisMembers: Readonly<Record<string, string>> = {
  'Документ.РеализацияТоваровУслуг': 'РеализацияТоваровУслугСсылка',
  'Документ.СчетПокупателю': 'СчетПокупателюСсылка',
  'Документ.СчетФактураВыданный': 'СчетФактураВыданныйСсылка',
  'Документ.ПоступлениеТоваровУслуг': 'ПоступлениеТоваровУслугСсылка',
  'Документ.СчетФактураПолученный': 'СчетФактураПолученныйСсылка',
}

export const stateObject = 'Справочник.СостояниеЭлектронногоДокумента'

export const writeState = (item: StateItem, version: string): string => {
  const { member, ref, number, at, own, partner } = item
  const parties = [company('Организация', own), partner && company('Контрагент', partner)]
  const basis =
    member === 'СчетФактураПолученныйСсылка'
      ? tag(
          member,
          leaf('Ссылка', ref),
          leaf('НомерВходящегоДокумента', number),
          leaf('ДатаВходящегоДокумента', at.slice(0, 10)),
          ...parties,
        )
      : tag(member, leaf('Ссылка', ref), leaf('Дата', at), leaf('Номер', number), ...parties)
  const isNew = hasVatObject(version)
  return tag(
    stateObject,
    tag('КлючевыеСвойства', tag('ОснованиеЭлектронногоДокумента', basis)),
    leaf('СостояниеЭлектронногоДокумента', isNew ? item.state : (formerly[item.state] ?? item.state)),
    leaf('СостояниеОбменаЭДНаНашейСтороне', item.ours),
    leaf('СостояниеОбменаЭДНаСторонеКонтрагента', item.theirs),
    isNew ? group('ОбщиеСвойстваОбъектовФормата', leaf('Комментарий', item.comment)) : undefined,
  )
}
