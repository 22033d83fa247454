/**
 * Collects base64 that comes in pieces with line breaks anywhere, decoding as it goes: the text of a 20 MB
 * file never stands in memory a second time and never blocks the others.
 */
export class Base64Collector {
  private readonly maxBytes: number
  private readonly chunks: Buffer[] = []
  /** One to three letters that wait for the rest of their four. */
  private carry = ''
  private size = 0
  private isPadded = false
  private isBroken = false

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes
  }

  push(text: string): void {
    const dense = /\s/.test(text) ? text.replace(/\s+/g, '') : text
    if (dense === '' || this.isBroken) return
    const letters = this.carry + dense
    const whole = letters.slice(0, letters.length - (letters.length % 4))
    this.carry = letters.slice(whole.length)
    if (this.isPadded || !/^[A-Za-z0-9+/]*={0,2}$/.test(whole)) {
      this.isBroken = true
      return
    }
    this.isPadded = whole.endsWith('=')
    const bytes = Buffer.from(whole, 'base64')
    this.size += bytes.length
    // Beyond the limit only the size is of interest.
    if (this.size <= this.maxBytes) this.chunks.push(bytes)
  }

  get isEmpty(): boolean {
    return this.size === 0 && this.carry === '' && !this.isBroken
  }

  get isTooLarge(): boolean {
    return this.size > this.maxBytes
  }

  /** The bytes; undefined when it was not base64. */
  finish(): Buffer | undefined {
    return this.isBroken || this.carry !== '' ? undefined : Buffer.concat(this.chunks)
  }
}
