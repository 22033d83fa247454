import { expect, test } from '@jest/globals'
import { discoverErpDoors } from '../../../../src/adapters/erp/discover.ts'

test('the door is found by its folder, and every folder is a door', async () => {
  const doors = await discoverErpDoors()
  expect(doors.map((door) => door.name)).toContain('onec-soap')
  const idle = doors.filter(
    ({ mount, openFormats, jobs, formats = [], statements = [] }) =>
      [mount, openFormats, jobs].every((one) => one === undefined) &&
      formats.length + statements.length === 0,
  )
  expect(idle.map(({ name }) => name)).toEqual([])
})
