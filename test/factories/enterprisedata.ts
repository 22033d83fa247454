import { buyerTaxId, sellerTaxId } from './documents.ts'

/** EnterpriseData messages as 1C writes them, for tests of the door. A test states only what matters. */

const messageNamespace = 'http://www.1c.ru/SSL/Exchange/Message'
const formatNamespace = 'http://v8.1c.ru/edi/edi_stnd/EnterpriseData'

export const edRef = (index: number): string =>
  `${index.toString(16).padStart(8, '0')}-3eea-11f0-86fd-00e0529ce6ff`

const xml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

export const aMessage = ({
  version = '1.17',
  messageNo = 1,
  receivedNo = 0,
  from = 'БК',
  to = 'GW',
  objects = [],
  header = '',
}: {
  version?: string
  messageNo?: number
  receivedNo?: number
  from?: string
  to?: string
  objects?: readonly string[]
  /** More elements of the header. */
  header?: string
}): Buffer =>
  Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-8"?>
<Message xmlns:msg="${messageNamespace}" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
	<msg:Header>
		<msg:Format>${formatNamespace}${objects.length > 0 ? `/${version}` : ''}</msg:Format>
		<msg:CreationDate>2026-03-31T18:20:05</msg:CreationDate>
		<msg:Confirmation>
			<msg:ExchangePlan>СинхронизацияДанныхЧерезУниверсальныйФормат</msg:ExchangePlan>
			<msg:To>${to}</msg:To>
			<msg:From>${from}</msg:From>
			<msg:MessageNo>${messageNo}</msg:MessageNo>
			<msg:ReceivedNo>${receivedNo}</msg:ReceivedNo>
		</msg:Confirmation>
		<msg:AvailableVersion>1.8</msg:AvailableVersion>
		<msg:AvailableVersion>1.17</msg:AvailableVersion>
		${header}
	</msg:Header>${objects.length > 0 ? `\n	<Body xmlns="${formatNamespace}/${version}">\n${objects.join('\n')}\n	</Body>` : ''}
</Message>
`)

export const aCompanyKey = (
  name: string,
  { ref, title, taxId }: { ref: string; title: string; taxId: string },
): string =>
  `<${name}>${ref === '' ? '' : `<Ссылка>${ref}</Ссылка>`}<Наименование>${xml(title)}</Наименование><НаименованиеПолное>${xml(title)}</НаименованиеПолное><ИНН>${taxId}</ИНН><ЮридическоеФизическоеЛицо>ЮридическоеЛицо</ЮридическоеФизическоеЛицо></${name}>`

export const ourKey = (name = 'Организация'): string =>
  aCompanyKey(name, { ref: edRef(2), title: 'ТОО «Алатау Снаб»', taxId: sellerTaxId })

export const theirKey = (name = 'Контрагент'): string =>
  aCompanyKey(name, { ref: edRef(3), title: 'ТОО «Есіл Құрылыс»', taxId: buyerTaxId })

export const currencyKey =
  '<Валюта><Ссылка>00000001-3eea-11f0-86fd-00e0529ce6ff</Ссылка><ДанныеКлассификатора><Код>398</Код><Наименование>KZT</Наименование></ДанныеКлассификатора></Валюта>'

export const contractKey = `<ДанныеВзаиморасчетов><Договор><Ссылка>${edRef(4)}</Ссылка><ВидДоговора>СПокупателем</ВидДоговора>${ourKey()}${theirKey()}<Наименование>Договор № 12/26</Наименование><Дата>2026-01-15</Дата><Номер>12/26</Номер></Договор></ДанныеВзаиморасчетов>`

export const vat16 =
  '<СтавкаНДС><Ставка>16.00</Ставка><РасчетнаяСтавка>false</РасчетнаяСтавка><НеОблагается>false</НеОблагается><ВидСтавки>Общая</ВидСтавки></СтавкаНДС>'

/** One row of goods: 10 at 1250.50, VAT 16 % on top. */
export const goodsRow = (more = ''): string =>
  `<Строка><НомерСтрокиДокумента>1</НомерСтрокиДокумента><ДанныеНоменклатуры><Номенклатура><Ссылка>${edRef(0x77)}</Ссылка><НаименованиеПолное>Цемент М-400, мешок 50 кг</НаименованиеПолное><КодВПрограмме>00-00000077</КодВПрограмме><Наименование>Цемент М-400</Наименование></Номенклатура></ДанныеНоменклатуры><ЕдиницаИзмерения><ДанныеКлассификатора><Код>796 </Код><Наименование>шт</Наименование></ДанныеКлассификатора></ЕдиницаИзмерения><Количество>10.000</Количество><Сумма>12505.00</Сумма><Цена>1250.50</Цена>${vat16}<СуммаНДС>2000.80</СуммаНДС><Себестоимость>9000.00</Себестоимость>${more}</Строка>`

/** One row of services: 100 000, VAT 16 % on top. */
export const serviceRow = (more = ''): string =>
  `<Строка><НомерСтрокиДокумента>1</НомерСтрокиДокумента><Номенклатура><Ссылка>${edRef(0x42)}</Ссылка><Наименование>Обслуживание</Наименование></Номенклатура><Количество>1.000</Количество><Сумма>100000.00</Сумма><Цена>100000.00</Цена>${vat16}<СуммаНДС>16000.00</СуммаНДС><Содержание>Техническое обслуживание оборудования</Содержание>${more}</Строка>`

export const aRealization = ({
  ref = edRef(0x51),
  number = 'КС00-000016',
  date = '2026-03-31T12:00:00',
  goods = [],
  services = [],
  sum,
  partner = theirKey(),
  own = ourKey(),
  more = '',
  includesVat = false,
}: {
  ref?: string
  number?: string
  date?: string
  goods?: readonly string[]
  services?: readonly string[]
  sum?: string
  partner?: string
  own?: string
  more?: string
  includesVat?: boolean
} = {}): string =>
  `<Документ.РеализацияТоваровУслуг><КлючевыеСвойства><Ссылка>${ref}</Ссылка><Дата>${date}</Дата><Номер>${number}</Номер>${own}</КлючевыеСвойства><ВидОперации>РеализацияКлиенту</ВидОперации>${currencyKey}${sum === undefined ? '' : `<Сумма>${sum}</Сумма>`}<СуммаВключаетНДС>${String(includesVat)}</СуммаВключаетНДС>${partner}${contractKey}${more}${goods.length > 0 ? `<Товары>${goods.join('')}</Товары>` : ''}${services.length > 0 ? `<Услуги>${services.join('')}</Услуги>` : ''}</Документ.РеализацияТоваровУслуг>`

export const aTaxInvoiceObject = ({
  ref = edRef(0x90),
  number = 'КС00-000021',
  date = '2026-03-31T13:00:00',
  bases = [edRef(0x51)],
  kind = 'НаРеализацию',
}: {
  ref?: string
  number?: string
  date?: string
  bases?: readonly string[]
  kind?: string
} = {}): string =>
  `<Документ.СчетФактураВыданный><КлючевыеСвойства><Ссылка>${ref}</Ссылка><Номер>${number}</Номер><Дата>${date}</Дата>${ourKey()}</КлючевыеСвойства>${currencyKey}<Сумма>130505.80</Сумма>${theirKey()}<ВидСчетаФактуры>${kind}</ВидСчетаФактуры><Выставлен>true</Выставлен><ДокументыОснования>${bases
    .map(
      (basis) =>
        `<Строка><ДокументОснование><РеализацияТоваровУслугСсылка><Ссылка>${basis}</Ссылка><Дата>2026-03-31T12:00:00</Дата><Номер>КС00-000016</Номер>${ourKey()}</РеализацияТоваровУслугСсылка></ДокументОснование></Строка>`,
    )
    .join('')}</ДокументыОснования></Документ.СчетФактураВыданный>`

export const aPaymentInvoiceObject = ({
  ref = edRef(0x80),
  number = 'КС00-000008',
  rows = [goodsRow()],
}: { ref?: string; number?: string; rows?: readonly string[] } = {}): string =>
  `<Документ.СчетПокупателю><КлючевыеСвойства><Ссылка>${ref}</Ссылка><Дата>2026-03-31T10:00:00</Дата><Номер>${number}</Номер>${ourKey()}</КлючевыеСвойства>${currencyKey}<Сумма>14505.80</Сумма>${theirKey()}${contractKey}<СуммаВключаетНДС>false</СуммаВключаетНДС><БанковскийСчетОрганизации><НомерСчета>KZ18722S000012345678</НомерСчета><Банк><ДанныеКлассификатораБанков><Наименование>АО «Kaspi Bank»</Наименование><БИК>CASPKZKA</БИК></ДанныеКлассификатораБанков></Банк><Владелец>${ourKey('ОрганизацииСсылка')}</Владелец></БанковскийСчетОрганизации><Товары>${rows.join('')}</Товары></Документ.СчетПокупателю>`

/** A counterparty's card with contact information in the three forms that 1C has used. */
export const aCounterpartyObject = (address: string): string =>
  `<Справочник.Контрагенты><КлючевыеСвойства>${/<Контрагент>(.*)<\/Контрагент>/s.exec(theirKey())?.[1] ?? ''}</КлючевыеСвойства><КонтактнаяИнформация><Строка><ВидКонтактнойИнформации>ЮридическийАдрес</ВидКонтактнойИнформации><ЗначенияПолей>${xml(`<КонтактнаяИнформация xmlns="http://www.v8.1c.ru/ssl/contactinfo" Представление="${address}"/>`)}</ЗначенияПолей></Строка><Строка><ВидКонтактнойИнформации>Телефон</ВидКонтактнойИнформации><ЗначенияПолей>${xml('{"value":"+7 717 000 00 02","type":"Телефон"}')}</ЗначенияПолей></Строка></КонтактнаяИнформация></Справочник.Контрагенты>`
