import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import type { ReadingContext } from '../../../core/exchange/index.ts'
import { failed, ok, type Result } from '../../../core/kernel/index.ts'
import type { Mapping } from '../mapping.ts'
import { readMappingFile } from '../mapping-folder.ts'
import { labFault } from './lab-faults.ts'

/** A folder of samples with what they are read by. */
export interface SampleFolder {
  mapping: Mapping
  /** Whose base they are said to come from. */
  context: ReadingContext
  samples: Sample[]
}

export interface Sample {
  name: string
  path: string
  /** Where its result is kept: `.out.json` when all of it is documents, `.faults.json` otherwise. */
  golden: { out: string; faults: string }
}

/** A company that does not exist, with a check digit that holds. */
const labCompany = { taxId: '260140000114', name: 'ТОО «Алатау Снаб»' }

const isGolden = /\.(out|faults)\.json$/
const isOurs = (name: string): boolean =>
  name.startsWith('.') || isGolden.test(name) || /\.(ya?ml|md)$/.test(name) || name === 'connection.json'

/**
 * `folder` holds samples, or a folder `samples` does. The mapping is the one named, the only YAML beside them, or that
 * of `config/adapters` with the folder's name. `connection.json` says whose samples they are.
 */
export const readSampleFolder = (folder: string, mappingFile: string | undefined): Result<SampleFolder> => {
  let names: string[]
  try {
    names = readdirSync(folder)
  } catch (error) {
    return failed(labFault('LAB-01', folder, reasonOf(error)))
  }
  const file = mappingFile ?? mappingBeside(folder, names)
  if (file === undefined) return failed(labFault('LAB-02', folder))
  const mapping = readMappingFile(file)
  if (!mapping.ok) return mapping
  const home = names.includes('samples') ? join(folder, 'samples') : folder
  const context = contextOf([folder, home])
  if (!context.ok) return context
  const samples = samplesIn(home)
  return samples.length === 0
    ? failed(labFault('LAB-03', folder))
    : ok({ mapping: mapping.value, context: context.value, samples })
}

const mappingBeside = (folder: string, names: readonly string[]): string | undefined => {
  const [only, second] = names.filter((name) => name.endsWith('.yaml'))
  if (only !== undefined && second === undefined) return join(folder, only)
  // `config/adapters/samples/shop-order` is read by `config/adapters/shop-order.yaml`.
  const whole = resolve(folder)
  const above = join(dirname(dirname(whole)), `${basename(whole)}.yaml`)
  return existsSync(above) ? above : undefined
}

const contextOf = (folders: readonly string[]): Result<ReadingContext> => {
  const path = folders.map((folder) => join(folder, 'connection.json')).find((one) => existsSync(one))
  if (path === undefined) return ok({ company: labCompany, profile: {} })
  try {
    const { company = labCompany, profile = {} } = JSON.parse(
      readFileSync(path, 'utf8'),
    ) as Partial<ReadingContext>
    if (typeof company.taxId !== 'string' || typeof company.name !== 'string')
      return failed(labFault('LAB-04', path, 'company'))
    return ok({ company, profile })
  } catch (error) {
    return failed(labFault('LAB-04', path, reasonOf(error)))
  }
}

const samplesIn = (folder: string): Sample[] => {
  const names = readdirSync(folder)
    .filter((name) => !isOurs(name) && statSync(join(folder, name)).isFile())
    .sort()
  const bases = names.map((name) => name.replace(/\.[^.]*$/, '').replace(/\.in$/, ''))
  return names.map((name, index) => {
    const base = bases[index] ?? name
    // Two samples that differ in their ending only keep it.
    const own = bases.filter((one) => one === base).length > 1 ? name : base
    return {
      name,
      path: join(folder, name),
      golden: { out: join(folder, `${own}.out.json`), faults: join(folder, `${own}.faults.json`) },
    }
  })
}

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'JSON'
