/**
 * JSON with instants: `…At` and `at` are instants where they hold the text of one. Core names its fields so; whatever
 * a person wrote lies in fields of other names and stays text.
 */
export const withInstants = (value: unknown, key = ''): unknown => {
  if (typeof value === 'string') {
    return (key === 'at' || key.endsWith('At')) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value)
      ? new Date(value)
      : value
  }
  if (Array.isArray(value)) return value.map((one) => withInstants(one, key))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withInstants(one, name)]))
}
