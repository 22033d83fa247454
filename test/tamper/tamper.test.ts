import { expect, it } from '@jest/globals'
import { checkRows, checkStore } from '../../bin/archive-check.mjs'
import { onBothStores } from '../servers/index.ts'
import { tamper } from './edits.ts'
import { aWorld, randomOf, type World } from './world.ts'

/** Reduced here; `TAMPER_EDITS=10000` is the whole run, a matter of minutes. */
const edits = Number(process.env.TAMPER_EDITS ?? 400)
const seed = Number(process.env.TAMPER_SEED ?? 1)

const found = ({ rows, files, witnesses }: World) => [
  ...checkRows(rows, { witnesses }),
  ...checkStore([...files.keys()], (name) => files.get(name), {
    whole: true,
    packages: rows.filter(({ row }) => row === 'archive-package'),
  }),
]

onBothStores('edits of what lies in the store', (store) => {
  it(
    `are all found, with their places: ${edits} random ones, seed ${seed}`,
    async () => {
      const world = await aWorld(store)
      expect(found(world)).toEqual([])
      expect(world.rows.length).toBeGreaterThan(60)
      const random = randomOf(seed)
      const missed: unknown[] = []
      for (let at = 0; at < edits; at += 1) {
        const { world: spoilt, edit } = tamper(world, random)
        const findings = found(spoilt)
        const placed = findings.some(({ where }) => edit.places.some((place) => where.includes(place)))
        if (!placed) missed.push({ edit, findings: findings.slice(0, 3) })
      }
      expect(missed).toEqual([])
    },
    60_000 + edits * 200,
  )
})
