/** A release of goods as 1C exports it, with `lines` lines. */
export const aRelease = ({
  id,
  lines = 1,
  sellerTaxId,
  quantity = '100',
}: {
  id: string
  lines?: number
  /** Listed in the file only when a test speaks of it. */
  sellerTaxId?: string
  quantity?: string
}): string => {
  const seller =
    sellerTaxId === undefined
      ? ''
      : `<Контрагент><Наименование>Чужая база</Наименование><ОфициальноеНаименование>ТОО «Чужая база»</ОфициальноеНаименование><ИНН>${sellerTaxId}</ИНН><Роль>Продавец</Роль></Контрагент>`
  const sum = 2500 * Number(quantity)
  const vat = sum * 0.16
  const line = `<Товар><Ид>1</Ид><Артикул>ЦМ-500</Артикул><Наименование>Цемент М500, мешок 50 кг</Наименование><БазоваяЕдиница Код="796">шт</БазоваяЕдиница><ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>ТипНоменклатуры</Наименование><Значение>Товар</Значение></ЗначениеРеквизита></ЗначенияРеквизитов><ЦенаЗаЕдиницу>2500.00</ЦенаЗаЕдиницу><Количество>${quantity}</Количество><Сумма>${sum.toFixed(2)}</Сумма><Налоги><Налог><Наименование>НДС</Наименование><УчтеноВСумме>false</УчтеноВСумме><Сумма>${vat.toFixed(2)}</Сумма><Ставка>16</Ставка></Налог></Налоги></Товар>`
  return `<Документ><Ид>${id}</Ид><Номер>00000000016</Номер><Дата>2026-03-31</Дата><ХозОперация>Отпуск товара</ХозОперация><Роль>Продавец</Роль><Валюта>KZT</Валюта><Курс>1</Курс><Сумма>${((sum + vat) * lines).toFixed(2)}</Сумма><Контрагенты>${seller}<Контрагент><Наименование>Есиль Курылыс</Наименование><ОфициальноеНаименование>ТОО «Есиль Курылыс»</ОфициальноеНаименование><ЮридическийАдрес><Представление>г. Астана, ул. Кенесары, 40</Представление></ЮридическийАдрес><ИНН>260140000604</ИНН><Роль>Покупатель</Роль></Контрагент></Контрагенты><Товары>${line.repeat(lines)}</Товары></Документ>`
}

const rootOf = (encoding: string): string =>
  `<?xml version="1.0" encoding="${encoding}"?>\n<КоммерческаяИнформация xmlns="urn:1C.ru:commerceml_2" ВерсияСхемы="2.10" ДатаФормирования="2026-03-31T11:00:00">`

export const commerceMlEnd = '</КоммерческаяИнформация>'

export const aCommerceMlFile = (...documents: string[]): string =>
  `${rootOf('UTF-8')}\n${documents.join('\n')}\n${commerceMlEnd}`

/** A good of a catalogue, about half a kilobyte. */
const aGood = (index: number): string =>
  `<Товар><Ид>${index}-55bc-11d9-848a-00112f43529a#x</Ид><Артикул>А-${index}</Артикул><Наименование>Комбайн кухонный, модель ${index}</Наименование><БазоваяЕдиница Код="796" НаименованиеПолное="Штука">шт</БазоваяЕдиница><Группы><Ид>bd72d8f9-55bc-11d9-848a-00112f43529a</Ид></Группы><Описание>Мощность 1000 Вт, чаша 2 л, гарантия 12 месяцев</Описание></Товар>\n`

/** A catalogue of about `bytes` bytes with documents behind it, piece by piece. */
export const aLargeFile = function* (bytes: number, documents: Iterable<string>): Generator<Buffer> {
  yield Buffer.from(`${rootOf('UTF-8')}<Каталог><Ид>k</Ид><Наименование>Товары</Наименование><Товары>`)
  const perPiece = 500
  for (let made = 0, index = 0; made < bytes; index += perPiece) {
    const piece = Buffer.from(Array.from({ length: perPiece }, (_, at) => aGood(index + at)).join(''))
    made += piece.length
    yield piece
  }
  yield Buffer.from('</Товары></Каталог>')
  for (const document of documents) yield Buffer.from(`${document}\n`)
  yield Buffer.from(commerceMlEnd)
}

/** 1C as it exchanges with a site: `checkauth` with its password, then the cookie alone. */
export const onecSite = (address: () => string, authorization: string, userAgent = '1C+Enterprise/8.3') => {
  let cookie = ''
  const ask = async (
    query: Record<string, string>,
    body?: Uint8Array | string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; bytes: Buffer; lines: string[] }> => {
    const response = await fetch(`${address()}?${new URLSearchParams(query).toString()}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { 'user-agent': userAgent, ...(cookie === '' ? {} : { cookie }), ...headers },
      ...(body === undefined ? {} : { body: Buffer.from(body) }),
    })
    const bytes = Buffer.from(await response.arrayBuffer())
    return { status: response.status, bytes, lines: bytes.toString('utf8').split('\n') }
  }
  return {
    ask,
    /** `checkauth` and `init`; the size of a part. */
    async begin(type: 'catalog' | 'sale'): Promise<number> {
      cookie = ''
      const [word, name = '', value = ''] = (
        await ask({ type, mode: 'checkauth' }, undefined, { authorization })
      ).lines
      if (word !== 'success') throw new Error('not let in')
      cookie = `${name}=${value}`
      const { lines } = await ask({ type, mode: 'init' })
      return Number(/file_limit=(\d+)/.exec(lines.join('\n'))?.[1])
    },
    /** Sends a file in parts; the last answer. */
    async send(
      type: 'catalog' | 'sale',
      filename: string,
      bytes: Uint8Array,
      limit: number,
    ): Promise<string[]> {
      let lines: string[] = []
      for (let at = 0; at < bytes.length; at += limit)
        lines = (await ask({ type, mode: 'file', filename }, bytes.subarray(at, at + limit))).lines
      return lines
    },
    /** Asks until the answer is not `progress`. */
    async import(type: 'catalog' | 'sale', filename: string): Promise<string[]> {
      for (;;) {
        const { lines } = await ask({ type, mode: 'import', filename })
        if (lines[0] !== 'progress') return lines
      }
    },
  }
}
