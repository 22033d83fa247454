/**
 * A very small WebAssembly assembler: enough to write straight-line arithmetic by program and load it.
 * Nothing binary is kept in the repository; what runs is generated from the functions that call this one.
 *
 * An expression is the list of its bytes, operands before the operator, exactly as the binary format wants it.
 * Format: WebAssembly Core Specification 1.0, section 5.
 */
export type Code = number[]

export type ValueType = 'i32' | 'i64'

const valueTypeByte: Record<ValueType, number> = { i32: 0x7f, i64: 0x7e }

const unsignedLeb = (value: number): Code => {
  const bytes: Code = []
  let rest = value
  do {
    const low = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? low : low | 0x80)
  } while (rest !== 0)
  return bytes
}

const signedLeb = (value: bigint): Code => {
  const bytes: Code = []
  let rest = value
  for (;;) {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    const done = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)
    bytes.push(done ? low : low | 0x80)
    if (done) return bytes
  }
}

const binary =
  (opcode: number) =>
  (left: Code, right: Code): Code => [...left, ...right, opcode]

export const local = {
  get: (index: number): Code => [0x20, ...unsignedLeb(index)],
  set: (index: number, value: Code): Code => [...value, 0x21, ...unsignedLeb(index)],
}

export const i32 = {
  const: (value: number): Code => [0x41, ...signedLeb(BigInt(value))],
  add: binary(0x6a),
  sub: binary(0x6b),
  mul: binary(0x6c),
  and: binary(0x71),
  lessThan: binary(0x49),
  /** The low half of a 64-bit value. */
  wrap: (value: Code): Code => [...value, 0xa7],
}

export const i64 = {
  const: (value: bigint): Code => [0x42, ...signedLeb(value)],
  add: binary(0x7c),
  sub: binary(0x7d),
  mul: binary(0x7e),
  and: binary(0x83),
  or: binary(0x84),
  xor: binary(0x85),
  shl: binary(0x86),
  /** Keeps the sign. */
  shiftRight: binary(0x87),
  /** 1 or 0 as i64. */
  lessThanUnsigned: (left: Code, right: Code): Code => [...left, ...right, 0x54, 0xad],
  extend: (value: Code): Code => [...value, 0xac],
  load: (address: Code, offset = 0): Code => [...address, 0x29, 3, ...unsignedLeb(offset)],
  store: (address: Code, value: Code, offset = 0): Code => [
    ...address,
    ...value,
    0x37,
    3,
    ...unsignedLeb(offset),
  ],
}

export const call = (functionIndex: number, ...args: Code[]): Code => [
  ...args.flat(),
  0x10,
  ...unsignedLeb(functionIndex),
]

/** Repeats the body while the condition, asked after it, is not zero. */
export const repeatWhile = (body: Code, condition: Code): Code => [
  0x03,
  0x40,
  ...body,
  ...condition,
  0x0d,
  0,
  0x0b,
]

/** A function without a result; it works on the memory. Parameters are locals 0, 1, 2 …, then the named locals. */
export interface WasmFunction {
  name: string
  params: ValueType[]
  locals: ValueType[]
  body: Code
}

/** The module as bytes. It owns one memory (exported as `memory`) and exports every function under its name. */
export const assemble = (
  functions: readonly WasmFunction[],
  memoryPages: number,
): Uint8Array<ArrayBuffer> => {
  const vector = (items: Code[]): Code => [...unsignedLeb(items.length), ...items.flat()]
  const section = (id: number, content: Code): Code => [id, ...unsignedLeb(content.length), ...content]
  const text = (value: string): Code => vector([...new TextEncoder().encode(value)].map((byte) => [byte]))

  const types = functions.map(({ params }) => [
    0x60,
    ...vector(params.map((type) => [valueTypeByte[type]])),
    0,
  ])
  const bodies = functions.map(({ locals, body }) => {
    const content = [...vector(locals.map((type) => [1, valueTypeByte[type]])), ...body, 0x0b]
    return [...unsignedLeb(content.length), ...content]
  })
  const exported = functions.map(({ name }, index) => [...text(name), 0x00, ...unsignedLeb(index)])

  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types)),
    ...section(3, vector(functions.map((_, index) => unsignedLeb(index)))),
    ...section(5, vector([[0x00, ...unsignedLeb(memoryPages)]])),
    ...section(7, vector([...exported, [...text('memory'), 0x02, 0]])),
    ...section(10, vector(bodies)),
  ])
}

/** Compiles and starts a module made by `assemble`. */
export const instantiate = <Exports>(
  bytes: Uint8Array<ArrayBuffer>,
): Exports & { memory: WebAssembly.Memory } =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as Exports & {
    memory: WebAssembly.Memory
  }
