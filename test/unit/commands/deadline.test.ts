import { Command } from 'commander'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { addDeadline } from '../../../src/commands/deadline.ts'
import { faultsIn } from '../../../src/commands/start-refusal.ts'

describe('daneker deadline and daneker calendar', () => {
  let printed = ''
  beforeEach(() => {
    printed = ''
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += String(text)
      return true
    })
  })
  afterEach(() => {
    jest.restoreAllMocks()
  })

  const run = async (...line: string[]): Promise<string> => {
    const program = new Command().exitOverride()
    addDeadline(program)
    await program.parseAsync(line, { from: 'user' })
    return printed
  }
  const refused = async (...line: string[]): Promise<string | undefined> => {
    try {
      await run(...line)
      return undefined
    } catch (error) {
      return faultsIn(error)?.[0]?.code
    }
  }

  it('counts a deadline aloud, with the clause and what it was counted from', async () => {
    const told = await run('deadline', 's19', '2026-03-06')
    for (const part of [
      'п. 4.2',
      'Sign the act or refuse with reasons',
      '3 раб. дн.',
      'Последний    2026-03-12',
      '2026-03-12T19:00:00.000Z',
      'kz-2026.2',
      '2026-03-10, 2026-03-11',
    ])
      expect(told).toContain(part)
  })

  it('answers machines with everything it knows', async () => {
    const answer = JSON.parse(await run('deadline', 'S7', '2024-02-24T10:00:00+06:00', '--json'))
    expect(answer).toMatchObject({
      clause: 'S7',
      startedOn: '2024-02-24',
      dueOn: '2024-02-29',
      dueAt: '2024-02-29T19:00:00.000Z',
      calendarVersion: 'kz-2024.3',
      reminders: [{ on: '2024-02-27' }, { on: '2024-02-29' }],
    })
  })

  it('lists the timers, and shows one without counting', async () => {
    expect((await run('deadline')).trim().split('\n')).toHaveLength(12)
    printed = ''
    expect(await run('deadline', 'S42')).toContain('10 working days; silence is a refusal')
  })

  it('counts with what was known on a day, and within a bound', async () => {
    expect(await run('deadline', 'S46', '2026-08-28', '--as-of', '2026-01-10')).toContain('2026-09-01')
    expect(await run('deadline', 'S46', '2026-08-28', '--not-after', '2026-08-29')).toContain('2026-08-29')
  })

  it('prints a year with its working days, days off, sources and open points', async () => {
    const told = await run('calendar', '2027')
    for (const part of [
      '247 рабочих дней',
      'ПРЕДВАРИТЕЛЬНЫЙ',
      '2027-03-15 пн',
      'ст. 2, 3, 5',
      'not published yet',
    ])
      expect(told).toContain(part)
    printed = ''
    const answer = JSON.parse(await run('calendar', '2026', '--json'))
    expect(answer).toMatchObject({ version: 'kz-2026.2', workingDays: 247 })
    expect(answer.months[2]).toEqual({ month: '2026-03', workingDays: 18 })
  })

  it('refuses in words what cannot be counted', async () => {
    expect(await refused('deadline', 'S99')).toBe('DEADLINE-01')
    expect(await refused('deadline', 'S7', '2026-01-01', '--as-of', 'now')).toBe('DEADLINE-02')
    expect(await refused('calendar', '26')).toBe('DEADLINE-02')
    expect(await refused('calendar', '2031')).toBe('CALENDAR-01')
    expect(await refused('deadline', 'S19', '2027-12-30')).toBe('CALENDAR-01')
    expect(await refused('calendar', '2026', '--folder', 'nowhere')).toBe('CALENDAR-12')
    // An instant without a zone could be any of 24 hours; a day that does not exist is none.
    for (const start of [
      '2026-03-06T10:00:00',
      'tomorrow',
      '2026-02-30',
      '2026-02-30T10:00:00Z',
      '2026-03-06T25:00:00Z',
    ])
      expect(await refused('deadline', 'S7', start)).toBe('DEADLINE-03')
  })
})
