/** Makes identifiers that sort by time (UUID version 7, RFC 9562). */
export interface Ids {
  next(): string
}
