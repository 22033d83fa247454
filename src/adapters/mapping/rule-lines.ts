import type { LeafRule, ListRule, Mapping, RecordRule } from './mapping.ts'

/** Every rule of a mapping that gives a value, with the place of the document it gives it to (`lines[].price`). */
export const ruleLines = ({ documents }: Mapping): { rule: string; path: string }[] => {
  const lines = new Map<string, { rule: string; path: string }>()
  const visit = (rule: RecordRule | ListRule | LeafRule, path: string): void => {
    switch (rule.is) {
      case 'leaf':
        lines.set(`${rule.rule} ${path}`, { rule: rule.rule, path })
        break
      case 'list':
        visit(rule.item, `${path}[]`)
        break
      case 'record':
        for (const { key, value } of rule.fields) {
          // Named values are a list in the document, whatever their names.
          const own = path === 'extras' ? 'extras[].value' : path === '' ? key : `${path}.${key}`
          visit(value, own)
        }
    }
  }
  for (const { fields } of documents) visit(fields, '')
  return [...lines.values()]
}
