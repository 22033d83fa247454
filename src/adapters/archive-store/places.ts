/** A name made of anything but a digest could lead out of the store. */
export const checkDigest = (digest: string): void => {
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new RangeError('not a digest')
}

/** `packages/00000001-2026-11-23.json` and the like. */
export const checkName = (name: string): void => {
  if (!/^[a-z]+\/[a-z0-9][a-z0-9.-]{0,80}$/.test(name) || name.includes('..'))
    throw new RangeError('not a name of the archive')
}
