import { readlinkSync } from 'node:fs'
import type { ForeignReading, ReadingContext } from '../../core/exchange/index.ts'
import type { Result } from '../../core/kernel/index.ts'
import { answerCalls } from '../workers/index.ts'
import { Expressions } from './expressions.ts'
import type { Expression, Mapping } from './mapping.ts'
import { readFileBy } from './read-file.ts'
import { readMapping } from './read-mapping.ts'

/** What the thread is asked: a file, and the mapping to read it by. */
export interface MappingRequest {
  text: string
  file: string
  bytes: Uint8Array
  context: ReadingContext
  /**
   * Numbers both sides see: the line of the expression that runs (0: none), how many have run, the thread's number in
   * the operating system (0: unknown), how many regular expressions have run, and whether one runs now.
   */
  pulse: Int32Array
}

/** Linux tells; elsewhere the owner goes by the clock. */
const threadNumber = (): number => {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1)) || 0
  } catch {
    return 0
  }
}

const ownNumber = threadNumber()

/** Mappings read before, the last used last. */
const known = new Map<string, { mapping: Mapping; expressions: Expressions }>()
const maxKnown = 50

const knownOf = (text: string, file: string): { mapping: Mapping; expressions: Expressions } => {
  const key = `${file}\n${text}`
  const before = known.get(key)
  known.delete(key)
  const read = before === undefined ? readMapping(text, file) : undefined
  if (read?.ok === false) throw new Error(`${file} was read before and is no mapping now`)
  const made = before ?? { mapping: (read as { value: Mapping }).value, expressions: new Expressions() }
  known.set(key, made)
  for (const oldest of known.keys()) {
    if (known.size <= maxKnown) break
    known.delete(oldest)
  }
  return made
}

const lineOf = ({ rule }: Expression): number => Number(/:(\d+)$/.exec(rule)?.[1] ?? 1)

answerCalls((request: MappingRequest): Promise<Result<ForeignReading[]>> => {
  const { mapping, expressions } = knownOf(request.text, request.file)
  const { pulse } = request
  Atomics.store(pulse, 2, ownNumber)
  return readFileBy(
    mapping,
    request.bytes,
    request.context,
    {
      beat: (expression) => {
        Atomics.add(pulse, 1, 1)
        Atomics.store(pulse, 0, lineOf(expression))
      },
      rest: () => Atomics.store(pulse, 0, 0),
      matching: (runs) => {
        if (runs) Atomics.add(pulse, 3, 1)
        Atomics.store(pulse, 4, runs ? 1 : 0)
      },
    },
    expressions,
  )
})
