import type { Acceptance, Digest } from '../../../core/exchange/index.ts'
import { bytesOfDigest } from '../document-columns.ts'
import type { Querier, Statement } from '../pool.ts'

/**
 * One statement: documents, their bytes, keys, signatures, promised proofs, meter lines, events and tasks, or nothing.
 * A document whose content id is taken is left out, with all that hangs on it. A key that is taken breaks
 * the statement (unique violation): the caller then finds out which.
 */
const statement = `
with incoming as (
  select * from unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
    $10::text[], $11::text[], $12::text[], $13::date[], $14::numeric[], $15::text[], $16::bytea[], $17::integer[],
    $18::timestamptz[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::bytea[],
    $25::text[], $26::text[], $27::integer[], $28::integer[], $53::text[], $54::integer[], $55::bytea[]
  ) as t (id, company_id, connection_id, kind, sender_tax_id, sender_name, recipient_tax_id, recipient_name,
          recipient_email, guid, version, number, date, total, currency, digest, size, received_at, sender_state,
          mirror_state, door, format, request_id, raw_digest, key, month, starts, raw_size, mapping, raw_starts, attachment)
), entered as (
  insert into document (id, company_id, connection_id, kind, sender_tax_id, sender_name, recipient_tax_id,
      recipient_name, recipient_email, guid, version, number, date, total, currency, digest, size, received_at,
      sender_state, mirror_state, door, format, request_id, raw_digest, mapping)
  select id, company_id, connection_id, kind, sender_tax_id, sender_name, recipient_tax_id,
      recipient_name, recipient_email, guid, version, number, date, total, currency, digest, size, received_at,
      sender_state, mirror_state, door, format, request_id, raw_digest, mapping
    from incoming
  on conflict (connection_id, guid, version) do nothing
  returning id
), kept as (
  insert into blob (digest, size, bytes)
  select digest, size, substring($49::bytea from starts + 1 for size) from incoming join entered using (id)
  union all
  select raw_digest, raw_size, substring($49::bytea from raw_starts + 1 for raw_size)
    from incoming join entered using (id)
   where raw_starts is not null                  -- null: an earlier document of the file brought the same bytes
  on conflict (digest) do nothing                -- the same file sent to two partners lies once
), keyed as (
  insert into idempotency_key (connection_id, key, document_id)
  select connection_id, key, id from incoming join entered using (id) where key is not null
), metered as (
  insert into meter_line (document_id, company_id, month)
  select id, company_id, month from incoming join entered using (id)
), attached as (
  insert into document_attachment (document_id, company_id, digest)
  select id, company_id, attachment from incoming join entered using (id) where attachment is not null
), signed as (
  insert into signature (id, document_id, side, purpose, cms, signed_at, verdict, signer, report)
  select s.id, s.document_id, s.side, s.purpose, s.cms, s.signed_at, s.verdict, s.signer, s.report
    from unnest($29::uuid[], $30::uuid[], $31::text[], $32::text[], $33::bytea[], $34::timestamptz[], $35::text[],
                $36::jsonb[], $37::jsonb[])
      as s (id, document_id, side, purpose, cms, signed_at, verdict, signer, report)
    join entered on entered.id = s.document_id
), promised as (
  insert into proof (signature_id, document_id, since)
  select p.signature_id, p.document_id, p.since
    from unnest($50::uuid[], $51::uuid[], $52::timestamptz[]) as p (signature_id, document_id, since)
    join entered on entered.id = p.document_id
), told as (
  insert into event (document_id, company_id, name, at, details)
  select e.document_id, e.company_id, e.name, e.at, e.details
    from unnest($38::uuid[], $39::uuid[], $40::text[], $41::timestamptz[], $42::jsonb[])
      with ordinality as e (document_id, company_id, name, at, details, nth)
    join entered on entered.id = e.document_id
   order by e.nth
  returning seq, document_id, company_id, name, at
), planned as (
  insert into task (id, kind, document_id, subject, due_at, details)
  select t.id, t.kind, t.document_id, t.subject, t.due_at, t.details
    from unnest($43::uuid[], $44::text[], $45::uuid[], $46::text[], $47::timestamptz[], $48::jsonb[])
      as t (id, kind, document_id, subject, due_at, details)
    join entered on entered.id = t.document_id
  union all
  select gen_random_uuid(), 'notify', told.document_id, 'webhook:' || w.id || ':' || told.seq, told.at,
         jsonb_build_object('endpointId', w.id, 'seq', told.seq::text, 'name', told.name)
    from told join webhook_endpoint w on w.company_id = told.company_id and w.disabled_at is null
)
select id from entered`

/** Enters what is new and returns the ids of it. Safe to run again with the same acceptances. */
export const enterDocuments = async (
  /** Runs the statement: by itself a transaction, or a part of one. */
  run: (statement: Statement) => ReturnType<Querier['query']>,
  acceptances: Acceptance[],
  /** Digests of raw bytes that the transaction has kept already. */
  rawKept: ReadonlySet<Digest> = new Set(),
): Promise<Set<string>> => {
  const signatures = acceptances.flatMap(({ signature }) => (signature === undefined ? [] : [signature]))
  const proofs = acceptances.flatMap(({ proof }) => (proof === undefined ? [] : [proof]))
  const events = acceptances.flatMap((acceptance) => acceptance.events)
  const tasks = acceptances.flatMap((acceptance) => acceptance.tasks)
  const of = <T>(read: (acceptance: Acceptance) => T): T[] => acceptances.map(read)
  // All bytes travel as one binary parameter: an array of bytea would be written out in hexadecimal.
  const starts: number[] = []
  const rawStarts: (number | null)[] = []
  const parts: Uint8Array[] = []
  let length = 0
  const pack = (bytes: Uint8Array): number => {
    parts.push(bytes)
    length += bytes.byteLength
    return length - bytes.byteLength
  }
  const packedRaw = new Set(rawKept)
  for (const { bytes, raw, rawDigest } of acceptances) {
    starts.push(pack(bytes))
    rawStarts.push(packedRaw.has(rawDigest) ? null : pack(raw))
    packedRaw.add(rawDigest)
  }
  const packed = Buffer.concat(parts, length)
  const values = [
    of((a) => a.id),
    of((a) => a.companyId),
    of((a) => a.connectionId),
    of((a) => a.facts.kind),
    of((a) => a.facts.senderTaxId),
    of((a) => a.facts.senderName),
    of((a) => a.facts.recipientTaxId),
    of((a) => a.facts.recipientName),
    of((a) => a.facts.recipientEmail ?? null),
    of((a) => a.facts.guid),
    of((a) => a.facts.version),
    of((a) => a.facts.number),
    of((a) => a.facts.date),
    of((a) => a.facts.total ?? null),
    of((a) => a.facts.currency ?? null),
    of((a) => bytesOfDigest(a.digest)),
    of((a) => a.bytes.byteLength),
    of((a) => a.receivedAt),
    of((a) => a.senderState),
    of((a) => a.mirrorState),
    of((a) => a.origin.door),
    of((a) => a.origin.format),
    of((a) => a.origin.requestId),
    of((a) => bytesOfDigest(a.rawDigest)),
    of((a) => a.key ?? null),
    of((a) => a.month),
    starts,
    of((a) => a.raw.byteLength),
    signatures.map((s) => s.id),
    signatures.map((s) => s.documentId),
    signatures.map((s) => s.side),
    signatures.map((s) => s.purpose),
    signatures.map((s) => s.cms),
    signatures.map((s) => s.signedAt),
    signatures.map((s) => s.verdict),
    signatures.map((s) => JSON.stringify(s.signer)),
    signatures.map((s) => JSON.stringify(s.report)),
    events.map((e) => e.documentId),
    events.map((e) => e.companyId ?? null),
    events.map((e) => e.name),
    events.map((e) => e.at),
    events.map((e) => (e.details === undefined ? null : JSON.stringify(e.details))),
    tasks.map((t) => t.id),
    tasks.map((t) => t.kind),
    tasks.map((t) => t.documentId),
    tasks.map((t) => t.subject),
    tasks.map((t) => t.dueAt),
    tasks.map((t) => (t.details === undefined ? null : JSON.stringify(t.details))),
    packed,
    proofs.map((p) => p.signatureId),
    proofs.map((p) => p.documentId),
    proofs.map((p) => p.since),
    of((a) => a.origin.mapping ?? null),
    rawStarts,
    of((a) => (a.attachment === undefined ? null : bytesOfDigest(a.attachment))),
  ]
  // Prepared: planning this statement costs more than running it.
  const { rows } = await run({ name: 'enter-documents', text: statement, values })
  return new Set(rows.map(({ id }) => id as string))
}
