import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { readZip, writeZip } from '../../src/adapters/zip/index.ts'
import { verifyCommand, type VerifyCommandOptions } from '../../src/commands/verify.ts'
import { anAct } from '../factories/documents.ts'
import { aProvingAuthority, type ProvingAuthority } from '../factories/proving-authority.ts'
import { restClient, type RestClient } from '../factories/rest-client.ts'
import { aRunningGateway, basicOf, testAuthority, type RunningGateway } from '../factories/running-gateway.ts'
import { serverStartMs } from '../servers/index.ts'

const dayMs = 86_400_000

describe.each(['embedded', 'postgresql'] as const)('evidence of a document, on %s', (kind) => {
  // Yesterday, until the day is over: what was stamped must not lie in the future of who checks it.
  let aheadMs = -dayMs
  let running: RunningGateway
  let authority: ProvingAuthority
  let seller: RestClient
  let buyer: RestClient
  let operator: RestClient
  let folder: string
  let documentId: string
  const clock = { now: () => new Date(Date.now() + aheadMs) }

  const bundleOf = async (authorization: string, path: string): Promise<Buffer> => {
    const answer = await fetch(`${running.gateway.url}${path}`, {
      headers: { authorization, 'daneker-reason': encodeURIComponent('запрос суда') },
    })
    if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`)
    expect(answer.headers.get('content-type')).toBe('application/vnd.etsi.asic-e+zip')
    return Buffer.from(await answer.arrayBuffer())
  }
  const options = (more: Partial<VerifyCommandOptions> = {}): VerifyCommandOptions => ({
    json: false,
    lang: 'ru',
    trust: [join(folder, 'trust')],
    testKeys: true,
    online: false,
    crl: [],
    ocsp: [],
    revocation: 'required',
    ...more,
  })
  const verified = (bytes: Uint8Array, more: Partial<VerifyCommandOptions> = {}) => {
    const file = join(folder, 'bundle.asice')
    writeFileSync(file, bytes)
    return verifyCommand(file, options(more))
  }
  const unpacked = async (bytes: Uint8Array) => {
    const read = await readZip(bytes, { maxBytes: 1e8, maxEntries: 1_000 })
    if (!read.ok) throw new Error('not a zip')
    return read.value
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'daneker-bundle-'))
    const demo = await testAuthority()
    authority = await aProvingAuthority(demo, clock)
    running = await aRunningGateway(
      kind,
      { signature: { ...authority.signature, proofRenewDays: 10_000 } },
      undefined,
      clock,
    )
    mkdirSync(join(folder, 'trust'))
    writeFileSync(join(folder, 'trust', 'root.cer'), demo.root.certificate)
    const root = () => `${running.gateway.url}/api/v1`
    seller = restClient(root, basicOf(running.seller))
    buyer = restClient(root, basicOf(running.buyer))
    operator = restClient(() => `${running.gateway.url}/operator/v1`, `Bearer ${running.operatorKey}`)
    const receipt = await seller.post<{ documentId: string }>('/documents/act', anAct())
    documentId = receipt.documentId
    await buyer.changesUntil((c) => c.documentId === documentId && c.name === 'document.arrived')
    await buyer.post(`/documents/${documentId}/answer`, { answer: 'accept' })
    await seller.changesUntil((c) => c.documentId === documentId && c.name === 'document.archived')
    await operator.post('/jobs/link-meter/run', {})
    aheadMs = 0
    await operator.post('/jobs/close-meter-day/run', {})
    await operator.post('/jobs/pack-archive/run', {})
  }, serverStartMs)
  afterAll(async () => {
    await running.stop()
    await authority.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  it('comes in one call, with everything, and is VALID offline', async () => {
    const bytes = await bundleOf(basicOf(running.seller), `/api/v1/documents/${documentId}/bundle`)
    const names = (await unpacked(bytes)).map(({ name }) => name)
    expect(names[0]).toBe('mimetype')
    expect(names).toEqual(
      expect.arrayContaining([
        'document.xml',
        'original/daneker-json.json',
        'signatures/01-sender-document.p7s',
        'signatures/01-sender-document.extended.p7s',
        'signatures/02-recipient-document.1.ocsp',
        'receipt.json',
        'trail/sender.json',
        'meter.json',
        'archive.json',
        'META-INF/ASiCManifest.xml',
        'META-INF/timestamp.tst',
      ]),
    )
    const { exitCode, stdout } = await verified(bytes)
    expect(stdout).toMatch(/^VALID\n/)
    expect(stdout).toMatch(/учёт документа: meter.json: counted in .* closed/)
    expect(stdout).toMatch(/место в архиве: archive.json: place 1, package 1/)
    expect(exitCode).toBe(0)
    // `unzip` of Debian sees what a container must be: mimetype first, stored, without extra fields.
    const listed = execFileSync('unzip', ['-lv', join(folder, 'bundle.asice')], { encoding: 'utf8' })
    expect(listed.split('\n')[3]).toMatch(/^\s*31\s+Stored\s.*mimetype$/)
    expect(bytes.subarray(30, 38).toString()).toBe('mimetype')
  }, 60_000)

  it('shows each side its own, and a stranger nothing', async () => {
    const own = await unpacked(
      await bundleOf(basicOf(running.buyer), `/api/v1/documents/${documentId}/bundle`),
    )
    const names = own.map(({ name }) => name)
    expect(names).toContain('trail/recipient.json')
    for (const name of ['trail/sender.json', 'original/daneker-json.json', 'meter.json'])
      expect(names).not.toContain(name)
    const whole = await unpacked(
      await bundleOf(`Bearer ${running.operatorKey}`, `/operator/v1/archive/documents/${documentId}/bundle`),
    )
    expect(whole.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['trail/sender.json', 'trail/recipient.json']),
    )
  })

  it('is not VALID any more when anything in it was changed, left out or added', async () => {
    const bytes = await bundleOf(basicOf(running.seller), `/api/v1/documents/${documentId}/bundle`)
    const files = await unpacked(bytes)
    for (const { name } of files) {
      if (name === 'mimetype') continue
      const changed = files.map((file) => {
        if (file.name !== name) return { ...file, stored: file.name === 'mimetype' }
        const spoilt = Buffer.from(file.bytes)
        const at = Math.floor(spoilt.length / 2)
        spoilt[at] = (spoilt[at] ?? 0) ^ 1
        return { name, bytes: spoilt }
      })
      const { stdout } = await verified(await writeZip(changed, new Date()))
      expect([name, stdout.split('\n')[0]]).toEqual([name, 'INVALID'])
      if (name.startsWith('META-INF/')) continue
      const without = files.filter((file) => file.name !== name)
      expect((await verified(await writeZip(without, new Date()))).stdout).toContain(name)
    }
    const more = [...files, { name: 'extra.txt', bytes: Buffer.from('x') }]
    expect((await verified(await writeZip(more, new Date()))).stdout).toMatch(/^INVALID[^]*extra\.txt/)
  }, 60_000)

  it('was looked at by people who are written down, with their reasons, in a chain', async () => {
    await operator.post('/jobs/link-audit/run', {})
    const { lines } = await operator.get<{
      lines: { who: string; deed: string; reason?: string; number?: number }[]
    }>(`/audit?document=${documentId}`)
    expect(lines.map(({ who, deed }) => `${who} ${deed}`)).toEqual(
      expect.arrayContaining([
        'client bundle.exported',
        'operator GET /operator/v1/archive/documents/:id/bundle',
      ]),
    )
    expect(lines.find(({ who }) => who === 'operator')?.reason).toBe('запрос суда')
    expect(lines.every(({ number }) => number !== undefined)).toBe(true)
    expect(await operator.get<{ findings: unknown[] }>('/audit/check')).toMatchObject({ findings: [] })
    const unreasoned = await operator.ask('GET', `/archive/documents/${documentId}/bundle`)
    expect([unreasoned.status, (unreasoned.body as { code: string }).code]).toEqual([400, 'AUDIT-01'])
  })

  it('lies in an archive and a store that the independent program finds whole, and refuses when a file is spoilt', async () => {
    const rows = await fetch(`${running.gateway.url}/operator/v1/archive/rows`, {
      headers: { authorization: `Bearer ${running.operatorKey}` },
    })
    const file = join(folder, 'rows.jsonl')
    writeFileSync(file, await rows.text())
    const archive = running.settings.archiveFolder
    const check = () =>
      spawnSync(process.execPath, ['bin/archive-check.mjs', archive, '--rows', file], { encoding: 'utf8' })
    const { stdout, status } = check()
    expect([status, stdout]).toEqual([0, expect.stringMatching(/1 packages[^]*VALID\n$/)])

    const { digest } = await seller.get<{ digest: string }>(`/documents/${documentId}`)
    const path = join(archive, digest.slice(0, 2), digest.slice(2))
    const before = readFileSync(path)
    chmodSync(path, 0o640)
    writeFileSync(path, 'something else')
    expect(check().stdout).toMatch(new RegExp(`blob-altered: package 1 of .*document ${documentId}`))
    const refused = await seller.ask('GET', `/documents/${documentId}/bundle`)
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([503, 'ARCHIVE-02'])
    rmSync(path)
    const missing = await seller.ask('GET', `/documents/${documentId}/bundle`)
    expect((missing.body as { code: string }).code).toBe('ARCHIVE-01')
    writeFileSync(path, before)
  })

  it('is found in the archive by partner, kind, date and number', async () => {
    interface Page {
      documents: { documentId: string; number: string; date: string; place: number; recipientTaxId: string }[]
    }
    const all = await seller.get<Page>('/archive')
    expect(all.documents).toHaveLength(1)
    const [found] = all.documents
    expect(found).toMatchObject({ documentId, place: 1 })
    const { number, date, recipientTaxId } = found!
    const query = `partner=${recipientTaxId}&kind=act&number=${encodeURIComponent(number)}&from=${date}&to=${date}`
    expect((await buyer.get<Page>(`/archive?${query}`)).documents).toHaveLength(1)
    expect((await seller.get<Page>('/archive?kind=waybill')).documents).toEqual([])
    expect(
      (await operator.get<Page>(`/archive/documents?number=${encodeURIComponent(number)}`)).documents,
    ).toHaveLength(1)
  })

  it('brings the copies that were stamped again since the archive, and is VALID by them', async () => {
    await operator.post('/jobs/renew-proofs/run', {})
    const bytes = await bundleOf(basicOf(running.seller), `/api/v1/documents/${documentId}/bundle`)
    const files = await unpacked(bytes)
    expect(files.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'signatures/01-sender-document.extended.p7s',
        'signatures/01-sender-document.renewed.p7s',
        'signatures/02-recipient-document.renewed.p7s',
      ]),
    )
    const { exitCode, stdout } = await verified(bytes)
    expect(stdout).toContain('01-sender-document.renewed.p7s')
    expect([exitCode, stdout.split('\n')[0]]).toEqual([0, 'VALID'])
    const manifests = readdirSync(join(running.settings.archiveFolder, 'named', 'renewals'))
    expect(manifests).toHaveLength(2)
    const manifest = JSON.parse(
      readFileSync(join(running.settings.archiveFolder, 'named', 'renewals', manifests[0] ?? ''), 'utf8'),
    ) as { documentId: string; replaces: string; extended: { digest: string } }
    const digests = files.map((file) => createHash('sha256').update(file.bytes).digest('hex'))
    expect(manifest.documentId).toBe(documentId)
    expect(digests).toContain(manifest.replaces)
    expect(digests).toContain(manifest.extended.digest)
  }, 60_000)
})
