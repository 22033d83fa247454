import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readYamlFile } from '../adapters/config/index.ts'
import type { Gateway } from '../app.ts'
import { readTariff } from '../core/contract/index.ts'

const tariffs = fileURLToPath(new URL('../../config/tariffs', import.meta.url))

const text = `Публичная оферта оператора электронного документооборота (для показа)

Это не текст какого-либо оператора. Здесь ему место: опубликуйте свой командой
daneker offer publish offer ФАЙЛ --version 2. Клиент подписывает хэш этого текста.
`

/** The demo's operator has an offer and the tariffs of `config/tariffs`, published and signed like anybody's. */
export const publishOffer = async ({ offers }: Gateway): Promise<void> => {
  await offers.publish(
    { kind: 'offer', version: '1', title: 'Публичная оферта' },
    new TextEncoder().encode(text),
    'demo',
  )
  for (const name of readdirSync(tariffs).sort()) {
    const file = join(tariffs, name)
    const tariff = readTariff(readYamlFile(file))
    if (!tariff.ok) throw new Error(tariff.faults.map(({ message }) => message.en).join('; '))
    await offers.publish(
      { kind: 'tariff', version: '1', title: tariff.value.name.ru, tariff: tariff.value },
      readFileSync(file),
      'demo',
    )
  }
}
