import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { maskTaxId, maskTaxIds, openLog } from '../../../../src/adapters/log/index.ts'

const opened = (level: 'debug' | 'info' = 'info') => {
  const lines: string[] = []
  const log = openLog({ level, base: { replica: 'one' }, destination: { write: (line) => lines.push(line) } })
  const last = () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown>
  return { log, lines, last }
}

describe('the log', () => {
  it('writes one JSON line for each thing that happened', () => {
    const { log, lines, last } = opened()
    log.info({ document: 'd1', durationMs: 7 }, 'task.attempted')
    log.debug({}, 'bells.rung')
    expect(lines).toHaveLength(1)
    expect(last()).toMatchObject({
      level: 'info',
      replica: 'one',
      document: 'd1',
      durationMs: 7,
      msg: 'task.attempted',
    })
    expect(last().time).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/)
  })

  it('leaves out secrets and bodies, by their names, at any depth that lines have', () => {
    const { log, lines } = opened()
    log.info(
      {
        password: 'hunter2',
        request: { authorization: 'Basic aHVudGVyMg==', deep: { token: 'hunter2' } },
        body: '<Invoice/>',
      },
      'request.ended',
    )
    expect(lines[0]).not.toMatch(/hunter2|aHVudGVy|Invoice/)
    expect(lines[0]).toContain('[left out]')
  })

  it('says of bytes only how many', () => {
    const { log, last } = opened()
    log.info({ file: Buffer.from('the whole document') }, 'file.received')
    expect(last().file).toBe('[18 bytes]')
  })

  it('masks tax ids in fields, messages and errors', () => {
    const { log, lines, last } = opened()
    const error = new Error('no company 987654321098', {
      cause: new Error('postgres://me:hunter2@db/x refused'),
    })
    log.error({ err: error, company: '123456789012', parties: ['123456789012'] }, 'company.not-found')
    expect(lines[0]).not.toMatch(/123456789012|987654321098|hunter2/)
    expect(last()).toMatchObject({
      company: '1234••••••12',
      err: {
        name: 'Error',
        message: 'no company 9876••••••98',
        cause: { message: 'postgres://…@db/x refused' },
      },
    })
  })

  it('does not let a text break its line or pretend to be another', () => {
    const { log, lines } = opened()
    log.info({ number: 'a\n{"level":"error","msg":"forged"}' }, 'document.received')
    expect(lines[0]?.trim().split('\n')).toHaveLength(1)
  })

  it('cuts messages that are as long as documents', () => {
    const { log, lines } = opened()
    log.error({ err: new Error('x'.repeat(100_000)) }, 'step.broken')
    expect(lines[0]!.length).toBeLessThan(5_000)
  })
})

describe('a masked tax id', () => {
  it('keeps four digits and two', () => {
    expect(maskTaxId('123456789012')).toBe('1234••••••12')
    expect(maskTaxId('12345')).toBe('12345')
  })

  it('is masked only where it stands alone', () => {
    expect(maskTaxIds('БИН 123456789012, счёт 1234567890123, id 0190-123456789012')).toBe(
      'БИН 1234••••••12, счёт 1234567890123, id 0190-123456789012',
    )
  })

  it('never comes through whole', () => {
    const ids = fc.stringMatching(/^\d{12}$/)
    fc.assert(
      fc.property(ids, fc.constantFrom('', ' ', ',', ':', '«', '/'), (id, around) => {
        expect(maskTaxIds(`a${around === '' ? ' ' : around}${id}${around}`)).not.toContain(id)
      }),
    )
  })
})
