/** Signs records of the gateway — closed days, packages, statements — with the installation's own key. */
export interface RecordSigner {
  /** Ed25519 over the text. */
  sign(text: string): Uint8Array
  /** SubjectPublicKeyInfo, base64: published, and kept by every client. */
  readonly publicKey: string
}

/** Asks an authority for a token over bytes (RFC 3161). Throws `UpstreamError` when it does not answer. */
export interface RecordStamper {
  stamp(covered: Uint8Array): Promise<Uint8Array>
}
