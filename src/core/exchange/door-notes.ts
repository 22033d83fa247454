/** One thing a door remembers. */
export interface DoorNote {
  key: string
  value: unknown
  /** Grows with every writing. */
  revision: number
}

/**
 * What a door remembers about a connection between two calls: message numbers of an exchange, a position in a
 * foreign journal, keys under which a base knows our documents. Small values; files belong to `Uploads`.
 */
export interface DoorNotes {
  read(place: { connectionId: string; door: string; key: string }): Promise<DoorNote | undefined>
  /**
   * Durable when it resolves to true. False: somebody wrote since `revision` was read (0: the note must be new);
   * read again and decide again.
   */
  write(
    place: { connectionId: string; door: string; key: string },
    value: unknown,
    revision: number,
  ): Promise<boolean>
  /** Notes whose key begins with `prefix`, by key, after `after`. */
  list(
    place: { connectionId: string; door: string; prefix: string },
    page: { after?: string; limit: number },
  ): Promise<DoorNote[]>
  /** Gone when it resolves; removing what is not there is success. */
  remove(place: { connectionId: string; door: string; key: string }): Promise<void>
}
