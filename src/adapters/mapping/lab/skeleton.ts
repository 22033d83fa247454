import { mkdirSync, existsSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { failed, ok, type Result } from '../../../core/kernel/index.ts'
import type { SourceFormat } from '../path.ts'
import { mappingName } from '../read-mapping.ts'
import { labFault } from './lab-faults.ts'

/** Files of a new mapping by their path in its folder. */
export type NewFiles = Readonly<Record<string, string | Uint8Array>>

/** Writes a new mapping into a folder of its own; never over anything. */
export const writeNew = (folder: string, files: NewFiles): Result<string[]> => {
  if (existsSync(folder)) return failed(labFault('LAB-06', folder))
  const written: string[] = []
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content, { flag: 'wx' })
    written.push(path)
  }
  return ok(written)
}

/** A mapping that works at once on its own sample: to be changed line by line into what is wanted. */
export const skeletonOf = (name: string, format: SourceFormat): Result<NewFiles> => {
  if (!mappingName.test(name)) return failed(labFault('LAB-05', name.slice(0, 60)))
  const { source, fields, sample } = examples[format]
  return ok({
    [`${name}.yaml`]: `${head(name)}${source}\n${fields}`,
    [`samples/0001-example.in.${format}`]: sample,
    'connection.json': connection,
    'README.md': readme(name, format),
  })
}

export const head = (
  name: string,
): string => `# Что здесь можно писать: docs/mapping.md. Проверка: daneker adapters check ${name}/${name}.yaml
name: ${name}
# Растёт с каждым изменением: хранится с каждым принятым документом.
version: 1
title: ${name} → счёт на оплату
`

export const connection = `${JSON.stringify(
  {
    company: { taxId: '260140000114', name: 'ТОО «Алатау Снаб»' },
    profile: {
      organisation: {
        address: 'г. Алматы, пр. Абая, 10',
        bank: { iik: 'KZ18722S000012345678', bik: 'CASPKZKA', kbe: '17' },
      },
      units: {},
      vatRates: {},
    },
  },
  null,
  2,
)}
`

export const readme = (name: string, format: SourceFormat): string => `# ${name}

Отображение чужого формата (${format}) в документы ЭДО.

    daneker adapters check ${name}/${name}.yaml     # ошибки с номером строки и столбца
    daneker adapters test ${name}                   # прочитать все образцы, показать покрытие и отличия
    daneker adapters test ${name} --update          # принять отличия
    daneker map --connection ПОДКЛЮЧЕНИЕ ФАЙЛ --format generic/${name}   # пробное чтение шлюзом

Положите в \`samples/\` настоящие файлы вашей системы. Рядом с каждым \`test\` хранит, чем он стал: \`.out.json\` —
документы, \`.faults.json\` — ошибки. \`connection.json\` говорит, от чьего имени их читать.

Готовое отображение (\`${name}.yaml\`) положите в \`config/adapters\` шлюза или в папку из настройки \`mapping.folders\`:
формат \`generic/${name}\` появится у SOAP (SendMessage, PutData) и REST (\`POST /api/v1/messages?format=generic/${name}\`).

## Особенности формата

Записывайте сюда всё, что узнали о системе-отправителе.
`

const common = (names: Readonly<Record<string, string>>): string => `kind: payment-invoice

fields:
  # Тот же чужой номер — тот же GUID: повтор не станет вторым документом.
  guid: { path: ${names.id ?? ''}, as: uuid }
  number: ${names.number ?? ''}
  date: ${names.date ?? ''}
  # Организация и её реквизиты — из подключения.
  seller: { organisation: true }
  buyer:
    taxId: ${names.taxId ?? ''}
    name: ${names.name ?? ''}
  lines:
    each: ${names.lines ?? ''}
    name: ${names.item ?? ''}
    unitCode: ${names.unit ?? ''}
    unit: ${names.unit ?? ''}
    quantity: ${names.quantity ?? ''}
    price: ${names.price ?? ''}
    vatRate: ${names.vat ?? ''}
    # Суммы строки — из количества, цены и ставки.
    compute: amounts
  totals: { compute: totals }
`

const examples: Readonly<Record<SourceFormat, { source: string; fields: string; sample: string }>> = {
  json: {
    source: 'source: { format: json, records: orders }\n',
    fields: common({
      id: 'id',
      number: 'number',
      date: 'created',
      taxId: 'customer.bin',
      name: 'customer.name',
      lines: 'items',
      item: 'title',
      unit: 'unit',
      quantity: 'qty',
      price: 'price',
      vat: 'vat',
    }),
    sample: `${JSON.stringify(
      {
        orders: [
          {
            id: 1001,
            number: 'А-1001',
            created: '2026-03-31',
            customer: { bin: '260140000604', name: 'ТОО «Есіл Құрылыс»' },
            items: [{ title: 'Бумага А4', unit: 'упак', qty: 5, price: 1850.5, vat: '16%' }],
          },
        ],
      },
      null,
      2,
    )}\n`,
  },
  xml: {
    source: 'source: { format: xml, records: Заказы/Заказ }\n',
    fields: common({
      id: "'@Ид'",
      number: 'Номер',
      date: 'Дата',
      taxId: 'Покупатель/БИН',
      name: 'Покупатель/Название',
      lines: 'Строки/Строка',
      item: 'Название',
      unit: 'Единица',
      quantity: 'Количество',
      price: 'Цена',
      vat: 'НДС',
    }),
    sample: `<?xml version="1.0" encoding="UTF-8"?>
<Заказы>
  <Заказ Ид="1001">
    <Номер>А-1001</Номер>
    <Дата>31.03.2026</Дата>
    <Покупатель><БИН>260140000604</БИН><Название>ТОО «Есіл Құрылыс»</Название></Покупатель>
    <Строки>
      <Строка><Название>Бумага А4</Название><Единица>упак</Единица><Количество>5</Количество><Цена>1 850,50</Цена><НДС>16%</НДС></Строка>
    </Строки>
  </Заказ>
</Заказы>
`,
  },
  csv: {
    source: `# Строки с одним номером — один документ, они же его строки (rows).
source: { format: csv, separator: ';', group: [Номер] }\n`,
    fields: common({
      id: 'Номер',
      number: 'Номер',
      date: 'Дата',
      taxId: 'БИН',
      name: 'Покупатель',
      lines: 'rows',
      item: 'Товар',
      unit: 'Ед',
      quantity: 'Кол-во',
      price: 'Цена',
      vat: 'НДС',
    }),
    sample: `Номер;Дата;БИН;Покупатель;Товар;Ед;Кол-во;Цена;НДС
А-1001;31.03.2026;260140000604;ТОО «Есіл Құрылыс»;Бумага А4;упак;5;1 850,50;16%
А-1001;31.03.2026;260140000604;ТОО «Есіл Құрылыс»;Папка;шт;10;320;16%
`,
  },
}
