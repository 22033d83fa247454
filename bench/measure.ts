import { cpus } from 'node:os'

/** One measured line. `ratio` compares with another line of the same run, named in `name`. */
export interface BenchRow {
  name: string
  value: number
  unit: string
  ratio?: number
  /** What belongs to the figure: latencies, what the ratio should be. */
  note?: string
}

/** What a module of this folder is given. */
export interface BenchOptions {
  /** Seconds of load for each contestant, over all its slices. */
  seconds: number
  /** Documents in the full store of the growth measurement. */
  stored: number
}

/** A file `*.bench.ts` exports one of these, under a name that ends in `Bench`. */
export type Bench = (options: BenchOptions) => Promise<BenchRow[]>

export const quantile = (numbers: ArrayLike<number>, share: number): number => {
  const sorted = Float64Array.from(numbers).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5)

/** What every table begins with: figures without their machine say nothing. */
export const machineLine = (): string => {
  const [first] = cpus()
  return `${cpus().length} × ${first?.model ?? 'unknown processor'}, Node ${process.version}, ${process.platform}`
}

const figure = (value: number): string =>
  value >= 1_000 ? Math.round(value).toLocaleString('en').replaceAll(',', ' ') : value.toPrecision(3)

export const tableOf = (rows: readonly BenchRow[]): string => {
  const width = Math.max(...rows.map(({ name }) => name.length))
  return rows
    .map(({ name, value, unit, ratio, note = '' }) =>
      [
        name.padEnd(width),
        figure(value).padStart(9),
        unit.padEnd(6),
        (ratio === undefined ? '' : `× ${ratio.toFixed(2)}`).padStart(8),
        note,
      ]
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
