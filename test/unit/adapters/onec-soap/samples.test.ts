import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { service } from '../../../../src/adapters/erp/onec-soap/service.ts'
import { readSoapRequest } from '../../../../src/adapters/soap/index.ts'
import type { Arguments, Parameter } from '../../../../src/adapters/soap/index.ts'

/**
 * `NNNN-what.in.xml` must be read as `NNNN-what.out.json`, or refused with `NNNN-what.faults.json`.
 * `UPDATE_SAMPLES=1` writes what is read today: look at the difference before committing it.
 */

const folder = fileURLToPath(new URL('../../../../src/adapters/erp/onec-soap/samples/', import.meta.url))
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.in.xml'))
  .map((file) => file.slice(0, -'.in.xml'.length))
  .sort()

const shown = (parameter: Parameter, given: Arguments): unknown => {
  switch (parameter.is) {
    case 'text':
    case 'decimal':
      return given.optionalText(parameter.name)
    case 'integer':
      return given.optionalInteger(parameter.name)
    case 'boolean':
      return given.flag(parameter.name)
    case 'bytes':
      return given.optionalBytes(parameter.name)?.toString()
    case 'document':
      return given.document(parameter.name)
  }
}

test.each(names)('%s is read as its sample says', async (name) => {
  const read = await readSoapRequest(service, readFileSync(`${folder}${name}.in.xml`), {
    contentType: 'text/xml',
    soapAction: '',
  })
  const result = read.ok
    ? {
        operation: read.value.operation.name,
        given: Object.fromEntries(
          read.value.operation.takes.map((p) => [p.name, shown(p, read.value.given)]),
        ),
      }
    : read.faults.map(({ code, path }) => ({ code, path }))
  const file = `${folder}${name}.${read.ok ? 'out' : 'faults'}.json`
  const text = `${JSON.stringify(result, null, 2)}\n`
  if (process.env.UPDATE_SAMPLES === '1') writeFileSync(file, text)
  expect(existsSync(file)).toBe(true)
  expect(text).toBe(readFileSync(file, 'utf8'))
})

test('there is a sample of success and one of refusal', () => {
  const files = readdirSync(folder)
  expect(files.some((f) => f.endsWith('.out.json'))).toBe(true)
  expect(files.some((f) => f.endsWith('.faults.json'))).toBe(true)
})
