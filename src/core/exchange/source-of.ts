import type { ForeignReading } from './foreign-format.ts'

/**
 * The field of the file behind a value of the document, or behind the nearest thing that it is part of, or behind the
 * first of its parts.
 */
export const sourceOf = ({ sources }: Pick<ForeignReading, 'sources'>, path: string): string | undefined => {
  for (let part = path; part !== ''; part = part.replace(/(^|\.)[^.]*$/, '')) {
    const source = sources.find((one) => one.path === part)?.source
    if (source !== undefined) return source
  }
  if (path === '') return undefined
  return sources.find(
    (one) =>
      one.source !== undefined && one.path.startsWith(path) && /^[.[]/.test(one.path.slice(path.length)),
  )?.source
}
