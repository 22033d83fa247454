import { describe, expect, it } from '@jest/globals'
import { readYamlFile } from '../../../../src/adapters/config/index.ts'
import {
  defaultSignaturePolicy,
  readSignaturePolicy,
  signaturePolicy,
} from '../../../../src/core/signature/index.ts'

describe('the rules of an installation', () => {
  it('as they are shipped are the defaults, every one of them written out', () => {
    const read = readSignaturePolicy(readYamlFile('config/signature-policy.yaml'))
    if (!read.ok) throw new Error(JSON.stringify(read.faults))
    expect(signaturePolicy(read.value)).toEqual(defaultSignaturePolicy)
    const names = Object.keys(readYamlFile('config/signature-policy.yaml') as object)
    expect(names).toEqual(expect.arrayContaining(['roles', 'lateRevocation', 'stampRenewal', 'timeStamp']))
  })

  it('may be absent, and change one thing', () => {
    expect(readSignaturePolicy(undefined)).toEqual({ ok: true, value: {} })
    const read = readSignaturePolicy({ roles: { contract: ['head', 'employee'] }, lateRevocation: 'refuse' })
    expect(read).toMatchObject({ ok: true, value: { lateRevocation: 'refuse' } })
    const policy = signaturePolicy(read.ok ? read.value : {})
    expect(policy.rolesByKind['contract']).toEqual(['head', 'employee'])
    expect(policy.version).toBe(`${defaultSignaturePolicy.version}+own`)
    expect(policy.rolesByKind['act']).toEqual(defaultSignaturePolicy.rolesByKind['act'])
  })

  it.each([
    ['a list', []],
    ['a misspelt rule', { lateRevokation: 'refuse' }],
    ['a word that is none of the words', { timeStamp: 'yes' }],
    ['a role nobody has', { roles: { act: ['director'] } }],
    ['the treasury as a role', { roles: { act: ['treasury'] } }],
    ['no role at all', { roles: { act: [] } }],
    ['a kind that is none', { roles: { invoice: ['head'] } }],
    ['a kind named like a part of every object', { roles: { constructor: ['head'] } }],
    ['roles that are no map', { roles: ['head'] }],
    ['half a second', { clockSkewSeconds: 0.5 }],
    ['a week and a second', { revocationFreshnessSeconds: 604_801 }],
    ['algorithms', { algorithms: [] }],
  ])('are refused with %s, in words', (_what, value) => {
    const read = readSignaturePolicy(value)
    expect(read.ok ? [] : read.faults.map(({ code }) => code)).toEqual(['POLICY-01'])
  })
})
