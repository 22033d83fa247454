import type { Digest, Hasher } from '../exchange/index.ts'

/**
 * Records that cannot be changed unseen. Each record is a *leaf*; leaves in order make a *chain* (every head covers
 * all before it) and a *tree* (a short path shows that one leaf is under a root). SHA-256 throughout, with one byte
 * in front that tells the three apart, as RFC 6962 does: 0 leaf, 1 node, 2 head.
 */
const before = { leaf: 0, node: 1, head: 2 } as const

const encoder = new TextEncoder()

/** A record is a few lines of text, so that anybody can compute its digest with any tool. No value holds a newline. */
export const recordText = (kind: string, values: readonly (string | number)[]): string => {
  const lines = [kind, ...values.map(String)]
  if (lines.some((line) => line.includes('\n'))) throw new RangeError(`a value of ${kind} holds a newline`)
  return lines.join('\n')
}

export const leafOf = (hasher: Hasher, text: string): Digest =>
  tagged(hasher, before.leaf, encoder.encode(text))

/** What an empty chain starts from. */
export const emptyHead = '0'.repeat(64)

export const headOf = (hasher: Hasher, previous: Digest, leaf: Digest): Digest =>
  tagged(hasher, before.head, bytesOfHex(previous + leaf))

const nodeOf = (hasher: Hasher, left: Digest, right: Digest): Digest =>
  tagged(hasher, before.node, bytesOfHex(left + right))

/** The root over leaves, as RFC 6962 builds it: the left part is the largest power of two below the number. */
export const rootOf = (hasher: Hasher, leaves: readonly Digest[]): Digest => {
  const [first] = leaves
  if (first === undefined) return emptyHead
  if (leaves.length === 1) return first
  const split = splitOf(leaves.length)
  return nodeOf(hasher, rootOf(hasher, leaves.slice(0, split)), rootOf(hasher, leaves.slice(split)))
}

/** One step from a leaf to its root: the sibling, and on which side it stands. */
export interface PathStep {
  side: 'left' | 'right'
  digest: Digest
}

export const pathOf = (hasher: Hasher, leaves: readonly Digest[], index: number): PathStep[] => {
  if (leaves.length <= 1) return []
  const split = splitOf(leaves.length)
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)]
  return index < split
    ? [...pathOf(hasher, left, index), { side: 'right', digest: rootOf(hasher, right) }]
    : [...pathOf(hasher, right, index - split), { side: 'left', digest: rootOf(hasher, left) }]
}

export const rootByPath = (hasher: Hasher, leaf: Digest, path: readonly PathStep[]): Digest =>
  path.reduce(
    (digest, step) =>
      step.side === 'left' ? nodeOf(hasher, step.digest, digest) : nodeOf(hasher, digest, step.digest),
    leaf,
  )

/**
 * Leaves under one *knot*: a subtree whose root is kept, so that a path out of a hundred thousand leaves is found from
 * 256 of them and the knots. A power of two, or the knots would not be nodes of the same tree.
 */
export const knotSize = 256

export const knotsOf = (hasher: Hasher, leaves: readonly Digest[]): Digest[] => {
  const knots: Digest[] = []
  for (let start = 0; start < leaves.length; start += knotSize)
    knots.push(rootOf(hasher, leaves.slice(start, start + knotSize)))
  return knots
}

/** The path of one leaf from the leaves of its knot and all knots. `index` counts in the whole tree. */
export const pathByKnots = (
  hasher: Hasher,
  knots: readonly Digest[],
  leavesOfKnot: readonly Digest[],
  index: number,
): PathStep[] => [
  ...pathOf(hasher, leavesOfKnot, index % knotSize),
  ...pathOf(hasher, knots, Math.floor(index / knotSize)),
]

const splitOf = (length: number): number => 2 ** Math.floor(Math.log2(length - 1))

const tagged = (hasher: Hasher, tag: number, bytes: Uint8Array): Digest => {
  const all = new Uint8Array(bytes.byteLength + 1)
  all[0] = tag
  all.set(bytes, 1)
  return hasher.digest(all)
}

const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, at) => Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16))
