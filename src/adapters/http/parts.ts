/** Anything that is read part by part, counted from 1. */
interface Parted {
  parts: number
  read(part: number): Promise<Uint8Array>
}

/** The parts one after another; the next is fetched when the reader of the stream wants it. */
export async function* partsOf(whole: Parted): AsyncGenerator<Uint8Array> {
  for (let part = 1; part <= whole.parts; part += 1) yield await whole.read(part)
}
