/**
 * Envelope encryption for secrets at rest: each secret has a data key of its own, sealed with the master
 * key. `context` is bound in: a sealed secret moved to another row does not open there.
 */
export interface Seal {
  seal(plain: Uint8Array, context: string): Uint8Array
  /** Throws when the bytes were altered, moved to another context, or sealed with another master key. */
  open(sealed: Uint8Array, context: string): Uint8Array
}
