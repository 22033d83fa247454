/** Prints an answer: as JSON for machines, as lines for people. */
export const show = (value: unknown, { json }: { json: boolean }): void => {
  process.stdout.write(json ? `${JSON.stringify(value)}\n` : `${linesOf(value).join('\n')}\n`)
}

const linesOf = (value: unknown, indent = ''): string[] => {
  if (Array.isArray(value)) {
    return value.length === 0
      ? [`${indent}—`]
      : value.flatMap((item) => [...linesOf(item, indent), ''].slice(0, isFlat(item) ? 1 : undefined))
  }
  if (!isRecord(value)) return [`${indent}${textOf(value)}`]
  return Object.entries(value).flatMap(([name, part]) =>
    isFlat(part)
      ? [`${indent}${name}: ${textOf(part)}`]
      : [`${indent}${name}:`, ...linesOf(part, `${indent}  `)],
  )
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const isFlat = (value: unknown): boolean => !isRecord(value)
const textOf = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
