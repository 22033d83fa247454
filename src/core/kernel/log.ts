/**
 * Where core-facing code tells what happened: fields first, then the event as `noun.verb-in-past`.
 * Never bodies, keys, passwords or whole tax ids.
 */
export interface Log {
  debug(fields: object, event: string): void
  info(fields: object, event: string): void
  warn(fields: object, event: string): void
  error(fields: object, event: string): void
}

/** For those who were given no log. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} }
