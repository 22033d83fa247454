/** Old encodings of one byte a letter: what Windows and DOS programs of 1C and of banks write. */
export type SingleByteEncoding = 'windows-1251' | 'ibm866'

const tables = new Map<SingleByteEncoding, Map<string, number>>()

/** The reverse of what the decoder reads, so that writing and reading can never disagree. */
const tableOf = (encoding: SingleByteEncoding): Map<string, number> => {
  let table = tables.get(encoding)
  if (table === undefined) {
    const letters = new TextDecoder(encoding).decode(Uint8Array.from({ length: 256 }, (_, byte) => byte))
    table = new Map([...letters].map((letter, byte) => [letter, byte]))
    tables.set(encoding, table)
  }
  return table
}

/**
 * Text in an old encoding. Letters that it lacks (ә, ң, ₸) are written as `substitute` says; without one, or when
 * that has no bytes either, the answer is undefined: a question mark in a signed name is no name.
 */
export const encodeSingleByte = (
  text: string,
  encoding: SingleByteEncoding,
  substitute?: (letter: string) => string,
): Uint8Array | undefined => {
  const table = tableOf(encoding)
  const bytes: number[] = []
  for (const letter of text) {
    const byte = table.get(letter)
    if (byte !== undefined) {
      bytes.push(byte)
      continue
    }
    for (const other of substitute?.(letter) ?? letter) {
      const instead = table.get(other)
      if (instead === undefined) return undefined
      bytes.push(instead)
    }
  }
  return Uint8Array.from(bytes)
}
