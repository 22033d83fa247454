import type { RecordPlan } from './plan.ts'

/** Called with the declared type name, the text, where it stands, and the record that holds it. */
export type Visit = (typeName: string, text: string, path: string, holder: Record<string, unknown>) => void

type Walk = (value: Record<string, unknown>, path: string, visit: Visit) => void

/**
 * A walker over the values of some declared types (`TaxId`, `Iik`), wherever they stand in a record.
 * Branches that hold none of them are cut off when it is made.
 */
export const visitorOf = (plan: RecordPlan, wanted: ReadonlySet<string>): Walk | undefined => {
  const steps: Walk[] = []
  for (const field of plan.fields) {
    const { key } = field
    const typeName = field.leaf?.typeName
    if (field.record !== undefined) {
      const walk = visitorOf(field.record, wanted)
      if (walk !== undefined) steps.push(field.isList ? overList(key, walk) : overRecord(key, walk))
    } else if (typeName !== undefined && wanted.has(typeName) && !field.isList) {
      steps.push((value, path, visit) => {
        const text = value[key]
        if (typeof text === 'string') visit(typeName, text, path + key, value)
      })
    }
  }
  if (steps.length === 0) return undefined
  return (value, path, visit) => {
    for (const step of steps) step(value, path, visit)
  }
}

const overRecord =
  (key: string, walk: Walk): Walk =>
  (value, path, visit) => {
    const held = value[key]
    if (held !== undefined) walk(held as Record<string, unknown>, `${path}${key}.`, visit)
  }

const overList =
  (key: string, walk: Walk): Walk =>
  (value, path, visit) => {
    const held = value[key]
    if (held === undefined) return
    ;(held as Record<string, unknown>[]).forEach((item, index) =>
      walk(item, `${path}${key}[${index}].`, visit),
    )
  }
