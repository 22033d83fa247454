import { expect, test } from '@jest/globals'
import { discoverErpDoors } from '../../../../src/adapters/erp/discover.ts'

test('the door is found by its folder, and every folder is a door', async () => {
  const doors = await discoverErpDoors()
  expect(doors.map((door) => door.name)).toContain('onec-soap')
  for (const door of doors) expect(door.mount !== undefined || (door.formats ?? []).length > 0).toBe(true)
})
