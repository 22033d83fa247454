import { SaxesParser } from 'saxes'
import { enterpriseData } from '../src/adapters/erp/enterprisedata/read/package.ts'
import { aMessage, aRealization, edRef, goodsRow, serviceRow } from '../test/factories/enterprisedata.ts'
import { sellerTaxId } from '../test/factories/documents.ts'
import { median, type Bench } from './measure.ts'

const documentCount = 2000
const rounds = 5

/** Every fourth realisation has services too, and so becomes two documents. */
const aPackage = (): { bytes: Buffer; documents: number } => {
  let documents = 0
  const objects = Array.from({ length: documentCount }, (_, index) => {
    const goods = Array.from({ length: 5 }, () => goodsRow())
    const services = index % 4 === 0 ? [serviceRow()] : []
    documents += services.length > 0 ? 2 : 1
    return aRealization({ ref: edRef(0x1000 + index), number: `КС00-${index}`, goods, services })
  })
  return { bytes: aMessage({ objects }), documents }
}

/** A bare pass of saxes over the same bytes: tags are told and thrown away. */
const bareSaxes = (bytes: Buffer): number => {
  let elements = 0
  const parser = new SaxesParser({ xmlns: true })
  parser.on('opentag', () => {
    elements += 1
  })
  parser.on('error', (error) => {
    throw error
  })
  parser.write(bytes.toString('utf8').replace(/^\ufeff/, '')).close()
  return elements
}

const timed = async (work: () => unknown): Promise<number> => {
  const begin = performance.now()
  await work()
  return (performance.now() - begin) / 1000
}

/**
 * Reading a package of 2 000 realisations into checked, explained documents, against a bare pass of saxes over the
 * same bytes, in turns. The ratio is of documents a second.
 */
export const enterpriseDataBench: Bench = async () => {
  const { bytes, documents } = aPackage()
  const read = async (): Promise<void> => {
    const result = await enterpriseData.read(bytes, 'Message_БК_GW.xml', {
      company: { taxId: sellerTaxId, name: 'ТОО «Алатау Снаб»' },
      profile: { organisation: { address: 'г. Алматы' } },
    })
    if (
      !result.ok ||
      result.value.length !== documents ||
      result.value.some(({ faults }) => faults.length > 0)
    )
      throw new Error('the package was not read')
  }
  await read()
  bareSaxes(bytes)
  const ours: number[] = []
  const bare: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await timed(read))
    bare.push(await timed(() => bareSaxes(bytes)))
  }
  const megabytes = `${(bytes.byteLength / 1024 / 1024).toFixed(1)} MiB`
  const perSecond = documents / median(ours)
  const barePerSecond = documents / median(bare)
  return [
    { name: 'bare saxes over the package', value: barePerSecond, unit: '1/s', note: megabytes },
    {
      name: 'EnterpriseData read and explained',
      value: perSecond,
      unit: '1/s',
      ratio: perSecond / barePerSecond,
      note: 'of bare saxes',
    },
  ]
}
