import type { Code, WasmFunction } from './wasm-assembler.ts'
import { assemble, call, i32, i64, instantiate, local, repeatWhile } from './wasm-assembler.ts'
import { matrixRows, roundConstants, substitution } from './streebog-constants.ts'

/**
 * Streebog: GOST 34.11-2015 (equal to GOST R 34.11-2012, RFC 6986) with 256 or 512 bits.
 *
 * The compression works on 64-bit words, which JavaScript numbers cannot hold and BigInt holds slowly, so it
 * is generated as WebAssembly from the code below: about eight times faster than typed arrays of 32-bit halves.
 */

// Where things lie in the memory of the module.
const tablesAt = 0 // 8 tables of 256 words: substitution and linear transformation in one look-up
const constantsAt = 8 * 256 * 8
const stateAt = constantsAt + 12 * 64 // the hash value, then the bit counter, then the sum of the blocks
const counterAt = stateAt + 64
const sumAt = counterAt + 64
const zeroAt = sumAt + 64
const inputAt = 32768
const inputBytes = 65536
const stateBytes = 192

const words = [0, 1, 2, 3, 4, 5, 6, 7]

/** out[i] = xor over j of table[j][byte i of in[j]]: the transposition, substitution and matrix together. */
const substituteAndMix = (input: number, output: number): Code =>
  words.flatMap((i) => {
    // byte i times 8 is the offset of the word in its table
    const offsetOf = (j: number): Code => {
      const word = local.get(input + j)
      const shifted =
        i === 0 ? i64.shl(word, i64.const(3n)) : i64.shiftRight(word, i64.const(BigInt(8 * i - 3)))
      return i32.and(i32.wrap(shifted), i32.const(0x7f8))
    }
    const looked = words.map((j) => i64.load(offsetOf(j), tablesAt + j * 2048))
    return local.set(
      output + i,
      looked.reduce((left, right) => i64.xor(left, right)),
    )
  })

/** compress(counter address, block address): the state becomes g(state, block) with that counter. */
const compress = (): WasmFunction => {
  const [counter, block, round] = [0, 1, 2]
  const [key, text, mixed] = [3, 11, 19]
  const each = (make: (j: number) => Code): Code => words.flatMap(make)
  return {
    name: 'compress',
    params: ['i32', 'i32'],
    locals: ['i32', ...words, ...words, ...words].map((_, index) => (index === 0 ? 'i32' : 'i64')),
    body: [
      ...each((j) =>
        local.set(
          mixed + j,
          i64.xor(i64.load(i32.const(0), stateAt + 8 * j), i64.load(local.get(counter), 8 * j)),
        ),
      ),
      ...substituteAndMix(mixed, key),
      ...each((j) => local.set(text + j, i64.load(local.get(block), 8 * j))),
      ...local.set(round, i32.const(0)),
      ...repeatWhile(
        [
          ...each((j) => local.set(mixed + j, i64.xor(local.get(key + j), local.get(text + j)))),
          ...substituteAndMix(mixed, text),
          ...each((j) =>
            local.set(
              mixed + j,
              i64.xor(local.get(key + j), i64.load(local.get(round), constantsAt + 8 * j)),
            ),
          ),
          ...substituteAndMix(mixed, key),
          ...local.set(round, i32.add(local.get(round), i32.const(64))),
        ],
        i32.lessThan(local.get(round), i32.const(12 * 64)),
      ),
      ...each((j) =>
        i64.store(
          i32.const(0),
          i64.xor(
            i64.xor(local.get(key + j), local.get(text + j)),
            i64.xor(i64.load(i32.const(0), stateAt + 8 * j), i64.load(local.get(block), 8 * j)),
          ),
          stateAt + 8 * j,
        ),
      ),
    ],
  }
}

/** addSum(block address): sum = sum + block, both 512-bit numbers. */
const addSum = (): WasmFunction => {
  const [block, carry, before, total] = [0, 1, 2, 3]
  return {
    name: 'addSum',
    params: ['i32'],
    locals: ['i64', 'i64', 'i64'],
    body: [
      ...local.set(carry, i64.const(0n)),
      ...words.flatMap((j) => [
        ...local.set(before, i64.load(i32.const(0), sumAt + 8 * j)),
        ...local.set(total, i64.add(local.get(before), i64.load(local.get(block), 8 * j))),
        ...i64.store(i32.const(0), i64.add(local.get(total), local.get(carry)), sumAt + 8 * j),
        // over the top either by the addition or by the carry into all ones; never by both
        ...local.set(
          carry,
          i64.or(
            i64.lessThanUnsigned(local.get(total), local.get(before)),
            i64.lessThanUnsigned(i64.add(local.get(total), local.get(carry)), local.get(total)),
          ),
        ),
      ]),
    ],
  }
}

/** absorb(end address): takes the whole blocks from the input area. The counter's low word suffices: 2^61 bytes. */
const absorb = (): WasmFunction => {
  const [end, block] = [0, 1]
  return {
    name: 'absorb',
    params: ['i32'],
    locals: ['i32'],
    body: [
      ...local.set(block, i32.const(inputAt)),
      ...repeatWhile(
        [
          ...call(0, i32.const(counterAt), local.get(block)),
          ...i64.store(i32.const(0), i64.add(i64.load(i32.const(0), counterAt), i64.const(512n)), counterAt),
          ...call(1, local.get(block)),
          ...local.set(block, i32.add(local.get(block), i32.const(64))),
        ],
        i32.lessThan(local.get(block), local.get(end)),
      ),
    ],
  }
}

interface Machine {
  compress(counterAddress: number, blockAddress: number): void
  addSum(blockAddress: number): void
  absorb(endAddress: number): void
  memory: WebAssembly.Memory
}

const startMachine = (): { run: Machine; bytes: Uint8Array; view: DataView } => {
  const run = instantiate<Machine>(assemble([compress(), addSum(), absorb()], 2))
  const bytes = new Uint8Array(run.memory.buffer)
  const view = new DataView(run.memory.buffer)
  for (let j = 0; j < 8; j += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      const substituted = substitution[byte] ?? 0
      let word = 0n
      for (let bit = 0; bit < 8; bit += 1) {
        if ((substituted >> bit) & 1) word ^= matrixRows[63 - (8 * j + bit)] ?? 0n
      }
      view.setBigUint64(tablesAt + j * 2048 + byte * 8, word, true)
    }
  }
  roundConstants.forEach((constant, round) => {
    for (const j of words) {
      view.setBigUint64(
        constantsAt + round * 64 + j * 8,
        (constant >> BigInt(64 * j)) & 0xffffffffffffffffn,
        true,
      )
    }
  })
  return { run, bytes, view }
}

let started: ReturnType<typeof startMachine> | undefined
/** One module for the thread; hashes take turns in it, each keeps its own state between turns. */
const machine = () => (started ??= startMachine())

/** A hash in progress: `update` any number of times, then `digest` once. */
export class Streebog {
  readonly blockBytes = 64
  readonly digestBytes: 32 | 64
  private readonly state = new Uint8Array(stateBytes)
  private readonly pending = new Uint8Array(64)
  private pendingBytes = 0
  private finished = false

  constructor(bits: 256 | 512) {
    this.digestBytes = bits === 256 ? 32 : 64
    if (bits === 256) this.state.fill(1, 0, 64)
  }

  update(data: Uint8Array): this {
    if (this.finished) throw new Error('this hash has already given its digest')
    let at = 0
    if (this.pendingBytes > 0) {
      at = Math.min(64 - this.pendingBytes, data.length)
      this.pending.set(data.subarray(0, at), this.pendingBytes)
      this.pendingBytes += at
      if (this.pendingBytes < 64) return this
      this.absorb(this.pending)
      this.pendingBytes = 0
    }
    const wholeBytes = (data.length - at) & ~63
    if (wholeBytes > 0) this.absorb(data.subarray(at, at + wholeBytes))
    const rest = data.subarray(at + wholeBytes)
    this.pending.set(rest)
    this.pendingBytes = rest.length
    return this
  }

  /** The digest in the order of bytes every protocol carries (the reverse of the numbers printed in RFC 6986). */
  digest(): Uint8Array {
    if (this.finished) throw new Error('this hash has already given its digest')
    this.finished = true
    const { run, bytes, view } = machine()
    bytes.set(this.state, stateAt)
    bytes.fill(0, inputAt, inputAt + 64)
    bytes.set(this.pending.subarray(0, this.pendingBytes), inputAt)
    bytes[inputAt + this.pendingBytes] = 1
    run.compress(counterAt, inputAt)
    view.setBigUint64(counterAt, view.getBigUint64(counterAt, true) + BigInt(8 * this.pendingBytes), true)
    run.addSum(inputAt)
    run.compress(zeroAt, counterAt)
    run.compress(zeroAt, sumAt)
    return bytes.slice(stateAt + 64 - this.digestBytes, stateAt + 64)
  }

  private absorb(blocks: Uint8Array): void {
    const { run, bytes } = machine()
    bytes.set(this.state, stateAt)
    for (let at = 0; at < blocks.length; at += inputBytes) {
      const part = blocks.subarray(at, at + inputBytes)
      bytes.set(part, inputAt)
      run.absorb(inputAt + part.length)
    }
    this.state.set(bytes.subarray(stateAt, stateAt + stateBytes))
  }
}

export const streebog512 = (data: Uint8Array): Uint8Array => new Streebog(512).update(data).digest()
export const streebog256 = (data: Uint8Array): Uint8Array => new Streebog(256).update(data).digest()
