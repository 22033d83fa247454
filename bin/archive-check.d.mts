export interface Finding {
  what: string
  where: string
}
export interface CheckOptions {
  witnesses?: readonly { day: string; digest: string }[]
  key?: string
  whole?: boolean
  purged?: ReadonlySet<string>
  packages?: readonly Record<string, unknown>[]
}
export const checkStore: (
  names: readonly string[],
  read: (name: string) => Buffer | undefined,
  options?: CheckOptions,
) => Finding[]
export const checkRows: (rows: readonly Record<string, unknown>[], options?: CheckOptions) => Finding[]
