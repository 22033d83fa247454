/**
 * One text for one value: keys sorted, no spaces, instants as ISO 8601 in UTC, what is undefined left out. What is
 * hashed and signed here must come out the same in every program that checks it.
 */
export const canonicalJson = (value: unknown): string => {
  if (isInstant(value)) return JSON.stringify(value.toISOString())
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one ?? null)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, one]) => one !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => `${JSON.stringify(key)}:${canonicalJson(one)}`)
    return `{${fields.join(',')}}`
  }
  return JSON.stringify(value)
}

/** Not `instanceof`: an instant that came through `structuredClone` may be of another realm. */
const isInstant = (value: unknown): value is Date => Object.prototype.toString.call(value) === '[object Date]'

const encoder = new TextEncoder()

export const canonicalBytes = (value: unknown): Uint8Array => encoder.encode(canonicalJson(value))
