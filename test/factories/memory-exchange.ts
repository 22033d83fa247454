import { createHash } from 'node:crypto'
import type { Caller } from '../../src/core/company/index.ts'
import { recipientOf, senderOf, writeDocumentXml } from '../../src/core/document/index.ts'
import type { Document } from '../../src/core/document/index.ts'
import { Refusal } from '../../src/core/exchange/index.ts'
import type {
  Change,
  Exchange,
  ForeignFormat,
  Receipt,
  SignatureRecord,
  Status,
} from '../../src/core/exchange/index.ts'
import { fault } from '../../src/core/kernel/index.ts'

interface Kept {
  caller: Caller
  document: Document
  raw: Uint8Array
  bytes: Uint8Array
  receipt: Receipt
  status: Status
  signatures: SignatureRecord[]
  key?: string
}

/** An exchange in memory for tests of doors: keeps what it is given, repeats receipts, decides nothing else. */
export interface MemoryExchange extends Exchange {
  readonly kept: readonly Kept[]
  readonly messages: readonly { format: string; fileName: string; content: Uint8Array }[]
  readonly parts: ReadonlyMap<string, Map<number, Uint8Array>>
  /** How many operations reached the exchange at all, reading ones included. */
  readonly calls: number
  /** A partner's document that has arrived for this company. */
  arrive(caller: Caller, document: Document): void
  /** Makes the next operation throw this. */
  failNext(error: Error): void
}

const refusal = (
  status: ConstructorParameters<typeof Refusal>[0],
  code: string,
  documentId?: string,
): Refusal =>
  new Refusal(
    status,
    [fault(code, '', { ru: 'Проверьте запрос.', kk: 'Сұрауды тексеріңіз.', en: 'Check the request.' })],
    documentId === undefined ? {} : { documentId },
  )

/** @param formats read and sent by `sendMessage`; a message in another format is only kept */
export const memoryExchange = (
  now = new Date('2026-03-31T10:00:00.123Z'),
  formats: readonly ForeignFormat[] = [],
): MemoryExchange => {
  const kept: Kept[] = []
  const changes: Change[] = []
  const messages: { format: string; fileName: string; content: Uint8Array }[] = []
  const parts = new Map<string, Map<number, Uint8Array>>()
  const byKey = new Map<string, Kept>()
  const byId = new Map<string, Kept>()
  const byGuid = new Map<string, Kept>()
  let calls = 0
  let nextError: Error | undefined

  const counted = <A extends unknown[], R>(work: (...args: A) => R) => {
    return async (...args: A): Promise<Awaited<R>> => {
      calls++
      if (nextError !== undefined) {
        const error = nextError
        nextError = undefined
        throw error
      }
      return await work(...args)
    }
  }

  const mine = (caller: Caller, documentId: string): Kept => {
    const found = byId.get(documentId) ?? byGuid.get(`${caller.companyId}|${documentId}`)
    if (found === undefined || found.caller.companyId !== caller.companyId)
      throw refusal('not-found', 'EXCHANGE-03')
    return found
  }

  const note = (one: Kept, name: Change['name']): void => {
    const cursor = String(changes.length + 1).padStart(8, '0')
    changes.push({
      cursor,
      documentId: one.status.documentId,
      name,
      at: now,
      status: one.status,
      details: {},
    })
  }

  const exchange: MemoryExchange = {
    kept,
    messages,
    parts,
    get calls() {
      return calls
    },
    arrive: (caller, document) => {
      const bytes = writeDocumentXml(document)
      const digest = createHash('sha256').update(bytes).digest('hex')
      const documentId = `0198c0de-0000-7000-9000-${String(kept.length + 1).padStart(12, '0')}`
      const status: Status = {
        documentId,
        side: 'recipient',
        kind: document.kind,
        guid: document.guid,
        version: document.version,
        number: document.number ?? '',
        date: document.date,
        senderTaxId: senderOf(document).taxId ?? '',
        senderName: senderOf(document).name,
        recipientTaxId: recipientOf(document).taxId ?? '',
        recipientName: recipientOf(document).name,
        digest,
        receivedAt: now,
        senderState: 'delivered',
        recipientState: 'arrived',
        mirrorState: 'none',
        final: false,
      }
      const receipt = {
        documentId,
        repeat: false,
        receivedAt: now,
        digest,
        state: 'delivered',
        notices: [],
      } as const
      const one: Kept = {
        caller,
        document,
        raw: bytes,
        bytes,
        receipt: { ...receipt, notices: [] },
        status,
        signatures: [],
      }
      kept.push(one)
      byId.set(documentId, one)
      note(one, 'document.arrived')
    },
    failNext: (error) => {
      nextError = error
    },
    joinFile: counted(({ caller, fileId }) => {
      const bytes = Buffer.concat([...(parts.get(`${caller.connectionId}|${fileId}`)?.values() ?? [])])
      if (bytes.length === 0) throw refusal('invalid', 'EXCHANGE-10')
      return { digest: createHash('sha256').update(bytes).digest('hex'), size: bytes.length, parts: 1 }
    }),
    attachment: counted(({ caller, documentId }) => {
      const bytes = Buffer.from('an attachment')
      return {
        attachment: {
          digest: createHash('sha256').update(bytes).digest('hex'),
          size: bytes.length,
          parts: 1,
          fileName: 'Скан.pdf',
          mediaType: 'application/pdf',
          read: () => Promise.resolve(bytes),
        },
        status: mine(caller, documentId).status,
      }
    }),
    standing: counted(() => ({ maySend: true })),
    send: counted(({ caller, document, raw, key, signature }) => {
      const bytes = writeDocumentXml(document)
      const digest = createHash('sha256').update(bytes).digest('hex')
      const guidKey = `${caller.companyId}|${document.guid}`
      const before =
        (key === undefined ? undefined : byKey.get(`${caller.connectionId}|${key}`)) ?? byGuid.get(guidKey)
      if (before !== undefined) {
        if (before.receipt.digest !== digest)
          throw refusal('conflict', 'EXCHANGE-01', before.receipt.documentId)
        return { ...before.receipt, repeat: true }
      }
      const documentId = `0198c0de-0000-7000-8000-${String(kept.length + 1).padStart(12, '0')}`
      const state = signature === undefined ? 'signing' : 'signed'
      const status: Status = {
        documentId,
        side: 'sender',
        kind: document.kind,
        guid: document.guid,
        version: document.version,
        number: document.number ?? '',
        date: document.date,
        senderTaxId: senderOf(document).taxId ?? '',
        senderName: senderOf(document).name,
        recipientTaxId: recipientOf(document).taxId ?? '',
        recipientName: recipientOf(document).name,
        ...('totals' in document ? { total: document.totals.amountWithVat } : {}),
        currency: document.currency,
        digest,
        receivedAt: now,
        senderState: state,
        recipientState: 'none',
        mirrorState: document.kind === 'tax-invoice' ? 'waiting' : 'none',
        final: false,
      }
      const one: Kept = {
        caller,
        document,
        raw,
        bytes,
        receipt: { documentId, repeat: false, receivedAt: now, digest, state, notices: [] },
        status,
        signatures: [],
        ...(key === undefined ? {} : { key }),
      }
      kept.push(one)
      byId.set(documentId, one)
      byGuid.set(guidKey, one)
      if (key !== undefined) byKey.set(`${caller.connectionId}|${key}`, one)
      note(one, 'document.received')
      return one.receipt
    }),
    sendMessage: counted(async ({ caller, format, fileName, content, origin, known }) => {
      messages.push({ format, fileName, content })
      const reader = formats.find(({ name }) => name === format)
      if (reader === undefined) return []
      const company = { taxId: caller.companyTaxId, name: caller.companyName }
      const read = await reader.read(content, fileName, { company, profile: {}, known })
      if (!read.ok) throw new Refusal('invalid', read.faults)
      const faults = read.value.flatMap((one) => one.faults)
      if (faults.length > 0) throw new Refusal('invalid', faults)
      const receipts: Receipt[] = []
      for (const { document, mapping } of read.value) {
        if (document === undefined) throw new Error('neither document nor faults')
        receipts.push(
          await exchange.send({ caller, document, raw: content, origin: { ...origin, format, mapping } }),
        )
      }
      return receipts
    }),
    dryRun: counted(({ format = 'daneker-json' }) => ({ format, guessed: false, faults: [], documents: [] })),
    putFilePart: counted(({ caller, fileId, part, bytes }) => {
      const id = `${caller.connectionId}|${fileId}`
      const upload = parts.get(id) ?? new Map<number, Uint8Array>()
      upload.set(part, bytes)
      parts.set(id, upload)
    }),
    putData: counted(({ caller, fileId, format, fileName }) => {
      const upload = parts.get(`${caller.connectionId}|${fileId}`)
      if (upload === undefined) throw refusal('not-found', 'EXCHANGE-09')
      const content = Buffer.concat([...upload].sort(([a], [b]) => a - b).map(([, bytes]) => bytes))
      messages.push({ format, fileName, content })
      return []
    }),
    readUpload: counted(({ caller, fileId }) => {
      const upload = parts.get(`${caller.connectionId}|${fileId}`)
      if (upload === undefined) throw refusal('not-found', 'EXCHANGE-10')
      return Buffer.concat([...upload].sort(([a], [b]) => a - b).map(([, bytes]) => bytes))
    }),
    discardUpload: counted(({ caller, fileId }) => {
      parts.delete(`${caller.connectionId}|${fileId}`)
    }),
    submitSignature: counted(({ caller, documentId, cms }) => {
      const one = mine(caller, documentId)
      one.signatures.push({
        id: documentId.replace('c0de', 'cafe'),
        documentId,
        side: 'sender',
        purpose: 'document',
        cms,
        signedAt: now,
        verdict: 'VALID',
        signer: {},
        report: {},
      })
      one.status = { ...one.status, senderState: 'signed' }
      return one.status
    }),
    status: counted(({ caller, documentId }) => mine(caller, documentId).status),
    changes: counted(({ caller, cursor, limit }) => {
      const own = changes.filter((c) => byId.get(c.documentId)?.caller.companyId === caller.companyId)
      const after = own.filter((c) => cursor === undefined || c.cursor > cursor)
      const page = after.slice(0, limit)
      return { changes: page, cursor: page.at(-1)?.cursor ?? cursor ?? '', more: after.length > page.length }
    }),
    document: counted(({ caller, documentId }) => {
      const one = mine(caller, documentId)
      return { bytes: one.bytes, status: one.status }
    }),
    print: counted(({ caller, documentId }) => ({
      pdf: Buffer.from('%PDF-1.7 of a test'),
      status: mine(caller, documentId).status,
    })),
    signatures: counted(({ caller, documentId }) => mine(caller, documentId).signatures),
    answer: counted(({ caller, documentId, answer, reason }) => {
      const one = mine(caller, documentId)
      one.status = {
        ...one.status,
        side: 'recipient',
        senderState: answer === 'accept' ? 'completed' : 'refused',
        recipientState: answer === 'accept' ? 'accepted' : 'refused',
        final: true,
        ...(reason === undefined ? {} : { reason }),
      }
      return one.status
    }),
    annul: counted(({ caller, documentId, reason }) => {
      const one = mine(caller, documentId)
      one.status = { ...one.status, senderState: 'annulled', recipientState: 'annulled', final: true, reason }
      return one.status
    }),
    signBatch: counted(({ caller, documentIds }) => ({
      batchId: '0198c0de-0000-7000-8000-00000000ba7c',
      results: documentIds.map((documentId) => {
        const known = byId.get(documentId)
        return known === undefined || known.caller.companyId !== caller.companyId
          ? { documentId, outcome: 'refused' as const, faults: refusal('not-found', 'EXCHANGE-04').faults }
          : { documentId, outcome: 'signed' as const, faults: [], status: known.status }
      }),
    })),
    trail: counted(({ caller, documentId }) => {
      mine(caller, documentId)
      return []
    }),
    list: counted(({ caller }) =>
      kept.filter((k) => k.caller.companyId === caller.companyId).map((k) => k.status),
    ),
  }
  return exchange
}
