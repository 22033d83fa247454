import { documentKinds } from '../document/index.ts'
import { failed, fault, ok, type Fault, type Result } from '../kernel/index.ts'
import { defaultSignaturePolicy, type SignaturePolicy } from './policy.ts'
import type { SignerRole } from './report.ts'

/** What of the policy an operator may set; algorithms and key floors are not among it. */
type PolicyChanges = Partial<SignaturePolicy>

/** A treasury certificate is never among those who may sign. */
const roles: readonly SignerRole[] = [
  'person',
  'head',
  'signing-right',
  'financial-right',
  'personnel',
  'employee',
  'system',
]

const choices: Readonly<Record<string, readonly string[]>> = {
  revocation: ['required', 'if-available', 'off'],
  lateRevocation: ['by-reason', 'forgive', 'refuse'],
  timeStamp: ['required', 'if-present'],
  stampRenewal: ['required', 'if-present'],
  signingCertificate: ['required', 'if-present'],
  taxIdCheckDigit: ['required', 'warn'],
}

/** Whole seconds, from one minute (clocks: none) to a week. */
const seconds: Readonly<Record<string, readonly [number, number]>> = {
  revocationFreshnessSeconds: [60, 604_800],
  clockSkewSeconds: [0, 3_600],
}

/**
 * Reads the operator's rules about signatures (`config/signature-policy.yaml`, parsed). Everything wrong at once; a name
 * we do not know is wrong, for a misspelt rule would silently not be one.
 */
export const readSignaturePolicy = (value: unknown): Result<PolicyChanges> => {
  if (value === null || value === undefined) return ok({})
  if (!isMap(value)) return failed(wrong('', 'a map of rules'))
  const faults: Fault[] = []
  const changes: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(value)) {
    if (name === 'roles') {
      const read = readRoles(given)
      if (read.ok) Object.assign(changes, read.value)
      else faults.push(...read.faults)
    } else if (Object.hasOwn(choices, name)) {
      if (typeof given === 'string' && choices[name]!.includes(given)) changes[name] = given
      else faults.push(wrong(name, choices[name]!.join(' | ')))
    } else if (Object.hasOwn(seconds, name)) {
      const [least, most] = seconds[name]!
      if (Number.isInteger(given) && Number(given) >= least && Number(given) <= most) changes[name] = given
      else faults.push(wrong(name, `${least}…${most}`))
    } else faults.push(wrong(name, [...Object.keys(choices), ...Object.keys(seconds), 'roles'].join(' | ')))
  }
  if (faults.length > 0) return failed(...faults)
  const own = Object.entries(changes).some(
    ([name, given]) => JSON.stringify(given) !== JSON.stringify(defaults[name]),
  )
  // Stored with every verdict: who reads a report years later must see that other rules were applied.
  return ok(!own ? {} : { ...changes, version: `${defaultSignaturePolicy.version}+own` })
}

const defaults: Readonly<Record<string, unknown>> = { ...defaultSignaturePolicy }

const readRoles = (value: unknown): Result<PolicyChanges> => {
  if (!isMap(value)) return failed(wrong('roles', 'default: [head, …], act: [head, …]'))
  const faults: Fault[] = []
  const rolesByKind: Record<string, readonly SignerRole[]> = { ...defaultSignaturePolicy.rolesByKind }
  let defaultRoles = defaultSignaturePolicy.defaultRoles
  for (const [kind, given] of Object.entries(value)) {
    const list = Array.isArray(given) ? given : []
    const known = list.filter((role): role is SignerRole => roles.includes(role as SignerRole))
    if (kind !== 'default' && !documentKinds.some((one) => one === kind))
      faults.push(wrong(`roles.${kind}`, ['default', ...documentKinds].join(' | ')))
    else if (known.length === 0 || known.length !== list.length)
      faults.push(wrong(`roles.${kind}`, `[${roles.join(', ')}]`))
    else if (kind === 'default') defaultRoles = known
    else rolesByKind[kind] = known
  }
  return faults.length > 0 ? failed(...faults) : ok({ defaultRoles, rolesByKind })
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const wrong = (path: string, allowed: string): Fault =>
  fault('POLICY-01', path, {
    ru: `Правило подписи «${path}» записано неверно. Возможно: ${allowed}.`,
    kk: `«${path}» қолтаңба ережесі қате жазылған. Мүмкін мәндер: ${allowed}.`,
    en: `The signature rule “${path}” is not well-formed. Possible: ${allowed}.`,
  })
