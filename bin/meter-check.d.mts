export interface Finding {
  what: string
  where: string
}
export const checkStatements: (
  statements: readonly unknown[],
  options?: {
    receipts?: readonly unknown[]
    witnesses?: readonly { day: string; digest: string }[]
    key?: string
  },
) => Finding[]
