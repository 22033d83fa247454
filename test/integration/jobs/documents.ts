import { randomUUID } from 'node:crypto'
import type { PgPool } from '../../../src/adapters/postgres/pool.ts'

/** A document row for tasks to belong to; what it says does not matter here. */
export const aDocument = async (pool: PgPool): Promise<string> => {
  const [company, connection, document] = [randomUUID(), randomUUID(), randomUUID()]
  const taxId = String(Math.floor(Math.random() * 1e12)).padStart(12, '0')
  await pool.query(
    `with owner as (insert into company (id, tax_id, name) values ($1, $2::text, 'ТОО «Есеп»') returning id),
          base as (insert into connection (id, company_id, name, login, signing, secrets)
                   select $3::uuid, id, 'base', $3::uuid::text, 'key', '[]' from owner returning id, company_id)
     insert into document (id, kind, company_id, connection_id, sender_tax_id, sender_name, recipient_tax_id,
                           recipient_name, guid, version, number, date, digest, size, received_at,
                           sender_state, mirror_state, door, format, request_id, raw_digest)
     select $4::uuid, 'act', company_id, id, $2::text, 'sender', $2::text, 'recipient', $4::uuid::text, '1', '1', '2026-01-15',
            '\\x00', 1, now(), 'signed', 'none', 'rest', 'daneker-json', 'r', '\\x00' from base`,
    [company, taxId, connection, document],
  )
  return document
}
