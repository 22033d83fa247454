import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { answerOcsp, DemoAuthority, makeCrl } from '../../../src/adapters/signing/demo-authority/index.ts'
import { makeCms, signXml } from '../../../src/adapters/signing/index.ts'
import { readCertificate } from '../../../src/adapters/signing/x509/index.ts'
import { anAuthorityServer } from '../../factories/authority-server.ts'
import { verifyCommand } from '../../../src/commands/verify.ts'
import type { DemoIdentity } from '../../../src/adapters/signing/demo-authority/index.ts'
import type { AuthorityServer } from '../../factories/authority-server.ts'
import type { VerifyCommandOptions } from '../../../src/commands/verify.ts'

const document = '<акт><сумма>100.00</сумма></акт>'

describe('daneker verify', () => {
  let folder: string
  let authority: DemoAuthority
  let key: DemoIdentity
  const at = (name: string): string => join(folder, name)
  const options = (changes: Partial<VerifyCommandOptions> = {}): VerifyCommandOptions => ({
    json: false,
    lang: 'ru',
    trust: [at('trust')],
    testKeys: true,
    online: false,
    crl: [],
    ocsp: [],
    revocation: 'required',
    ...changes,
  })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daneker-verify-'))
    const now = new Date()
    const [before, after] = [new Date(now.getTime() - 60_000), new Date(now.getTime() + 86_400_000)]
    authority = await DemoAuthority.create({ now })
    key = await authority.issue()
    const stranger = await DemoAuthority.create({ now, name: 'STRANGER' })
    const sign = (data: string, embed = false): Promise<Uint8Array> =>
      makeCms(Buffer.from(data), key, { signingTime: now, embed, certificates: authority.intermediates })
    const xml = await signXml(document, key)
    if (!xml.ok) throw new Error('must be signed')
    await mkdir(at('trust'))
    const list = (serials: string[], signer?: DemoIdentity): Promise<Uint8Array> =>
      makeCrl(authority, {
        thisUpdate: before,
        nextUpdate: after,
        signer,
        revoked: serials.map((serial) => ({
          serial: Buffer.from(serial, 'hex'),
          revokedAt: before,
          reason: 'keyCompromise',
        })),
      })
    const { serial } = readCertificate(key.certificate)
    const files: Record<string, Uint8Array | string> = {
      'trust/root.cer': authority.root.certificate,
      'trust/issuer.cer': authority.issuer.certificate,
      'trust/note.txt': 'not a certificate',
      'detached.cms': await sign(document),
      'attached.cms': await sign(document, true),
      'attached.b64': Buffer.from(await sign(document, true)).toString('base64'),
      'document.xml': document,
      'other.xml': document.replace('100', '900'),
      'signed.xml': xml.value,
      'forged.xml': xml.value.replace('100', '900'),
      'stranger.cms': await makeCms(Buffer.from(document), await stranger.issue(), {
        signingTime: now,
        embed: true,
      }),
      'leaf.crl': await list([]),
      'root.crl': await list([], authority.root),
      'revoked.crl': await list([serial]),
      noise: 'noise',
      empty: '',
    }
    for (const [name, bytes] of Object.entries(files)) await writeFile(at(name), bytes)
  })
  afterAll(() => rm(folder, { recursive: true }))

  const lists = () => ({ crl: [at('leaf.crl'), at('root.crl')] })
  const cases: [string, string, () => Partial<VerifyCommandOptions>, number][] = [
    [
      'a detached signature with its document',
      'detached.cms',
      () => ({ ...lists(), data: at('document.xml') }),
      0,
    ],
    ['a signature that carries its document', 'attached.cms', lists, 0],
    ['base64', 'attached.b64', lists, 0],
    ['signed XML', 'signed.xml', lists, 0],
    ['no answer about revocation', 'attached.cms', () => ({}), 2],
    ['an answer about the signer alone', 'attached.cms', () => ({ crl: [at('leaf.crl')] }), 2],
    ['no answer needed', 'attached.cms', () => ({ revocation: 'if-available' }), 0],
    ['nothing asked', 'signed.xml', () => ({ revocation: 'off' }), 0],
    ['a revoked key', 'attached.cms', () => ({ crl: [at('revoked.crl'), at('root.crl')] }), 1],
    ['another document', 'detached.cms', () => ({ ...lists(), data: at('other.xml') }), 1],
    ['changed XML', 'forged.xml', lists, 1],
    ['a stranger', 'stranger.cms', lists, 1],
    ['a test key in production', 'attached.cms', () => ({ ...lists(), testKeys: false, trust: [] }), 1],
    ['another company', 'attached.cms', () => ({ ...lists(), taxId: '180740000030' }), 1],
    ['noise', 'noise', lists, 1],
    ['an empty file', 'empty', lists, 1],
    ['a certificate', 'trust/root.cer', lists, 1],
    ['a detached signature alone', 'detached.cms', lists, 2],
    ['XML with a document', 'signed.xml', () => ({ data: at('document.xml') }), 2],
    ['a file that is not there', 'nowhere', lists, 2],
    ['a folder', 'trust', lists, 2],
    ['a trust folder that is not there', 'attached.cms', () => ({ trust: [at('nowhere')] }), 2],
    ['a list that is not there', 'attached.cms', () => ({ crl: [at('nowhere')] }), 2],
  ]
  it.each(cases)('%s: ends with the right code', async (_, name, changes, exitCode) => {
    const said = await verifyCommand(at(name), options(changes()))
    expect({ exitCode: said.exitCode, said: said.exitCode === exitCode ? '' : said }).toEqual({
      exitCode,
      said: '',
    })
    const json = await verifyCommand(at(name), options({ ...changes(), json: true }))
    expect(JSON.parse(json.stdout)).toMatchObject({ exitCode })
  })

  it.each([
    ['ru', 'Подпись действительна · VALID', 'первый руководитель'],
    ['kk', 'Қолтаңба жарамды · VALID', 'бірінші басшы'],
    ['en', 'The signature is valid · VALID', 'the head'],
  ] as const)('speaks %s', async (lang, verdict, role) => {
    const { stdout } = await verifyCommand(at('attached.cms'), options({ ...lists(), lang }))
    expect(stdout.startsWith(verdict)).toBe(true)
    expect(stdout).toContain(role)
    expect(stdout).toContain('180740000031')
  })

  it('says what to do about each step that does not hold', async () => {
    const offline = await verifyCommand(at('attached.cms'), options())
    expect(offline.stdout).toContain('--online')
    const forged = await verifyCommand(at('forged.xml'), options())
    expect(forged.stdout).toMatch(/✗ Хеш документа совпадает[^\n]*\n +что делать: Документ изменён/)
  })

  it('says where trust comes from when there is none', async () => {
    const { stderr } = await verifyCommand(at('attached.cms'), options({ trust: [], testKeys: false }))
    expect(stderr).toContain('daneker trust import')
  })

  it('does not let a check without revocation look like a whole one', async () => {
    const { stderr } = await verifyCommand(at('attached.cms'), options({ revocation: 'off', lang: 'en' }))
    expect(stderr).toContain('not enough for a court')
  })

  it('prints nothing that moves the cursor, whatever a certificate says', async () => {
    const evil = await authority.issue({
      subject: { commonName: 'A\u001b[2J\u0007B', iin: '900101300017', bin: '180740000031' },
    })
    const cms = await makeCms(Buffer.from('x'), evil, { signingTime: new Date(), embed: true })
    await writeFile(at('evil.cms'), cms)
    const { stdout } = await verifyCommand(at('evil.cms'), options(lists()))
    expect(stdout).toContain('A?[2J?B')
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  })

  describe('with the trust of the gateway', () => {
    let server: AuthorityServer
    beforeAll(async () => {
      const now = new Date()
      server = await anAuthorityServer((body, path) =>
        path === '/ocsp'
          ? answerOcsp(authority, body, { now })
          : makeCrl(authority, {
              thisUpdate: new Date(now.getTime() - 60_000),
              nextUpdate: new Date(now.getTime() + 86_400_000),
              signer: authority.root,
              revoked: [],
            }),
      )
      const pin = (name: string, der: Uint8Array, revocation: string): string =>
        `  - name: ${name}\n    sha256: ${readCertificate(der).sha256}\n    environment: test\n    revocation: { ${revocation} }\n`
      const pins =
        `anchors:\n${pin('root', authority.root.certificate, `crl: '${server.url}/root.crl'`)}` +
        `intermediates:\n${pin('issuer', authority.issuer.certificate, `ocsp: '${server.url}/ocsp'`)}`
      await writeFile(at('trust.yaml'), pins)
      await writeFile(
        at('config.yaml'),
        `signature:\n  trustFile: ${at('trust.yaml')}\n  environment: test\n`,
      )
    })
    afterAll(() => server.stop())

    const own = (changes: Partial<VerifyCommandOptions> = {}): VerifyCommandOptions =>
      options({ config: at('config.yaml'), trust: [], testKeys: false, ...changes })

    it('asks nobody unless it is told to', async () => {
      expect((await verifyCommand(at('attached.cms'), own())).exitCode).toBe(2)
      expect(server.asked).toEqual([])
    })

    it('asks the configured authorities, and them alone', async () => {
      const said = await verifyCommand(at('attached.cms'), own({ online: true }))
      expect(said).toMatchObject({ exitCode: 0, stderr: '' })
      expect(server.asked).toEqual(['/ocsp', '/root.crl'])
      expect((await verifyCommand(at('signed.xml'), own({ online: true }))).exitCode).toBe(0)
    })

    it('does not ask for what is INVALID anyway', async () => {
      server.asked.length = 0
      expect((await verifyCommand(at('forged.xml'), own({ online: true }))).exitCode).toBe(1)
      expect(server.asked).toEqual([])
    })

    it('says nothing good when the authority is silent', async () => {
      server.answer = () => 503
      expect((await verifyCommand(at('attached.cms'), own({ online: true }))).exitCode).toBe(2)
    })
  })
})
