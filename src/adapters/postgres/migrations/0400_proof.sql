-- older versions: survive (they write no proofs)

-- What proves a signature for years; written with the signature, filled by the `prove` task.
create table proof (
  signature_id  uuid primary key references signature,
  document_id   uuid not null references document,
  state         text not null default 'pending' check (state in ('pending', 'complete', 'failed')),
  since         timestamptz not null,
  extended_cms  bytea,                           -- CAdES-T with its answers; the signature itself stays untouched
  ocsp          bytea[],                         -- the answers one by one, as they came
  crl_digests   text[],
  stamped_at    timestamptz,
  stamp_ends_at timestamptz,
  gathered_at   timestamptz,
  renewed_at    timestamptz,
  check (state <> 'complete' or (extended_cms is not null and stamp_ends_at is not null))
);
create index proof_document on proof (document_id);
create index proof_pending on proof (since) where state = 'pending';
create index proof_ending on proof (stamp_ends_at) where state = 'complete';

-- Append-only: one line for each signature that a key kept by the gateway made.
create table key_use (
  signature_id uuid primary key references signature,
  company_id   uuid not null references company,
  document_id  uuid not null references document,
  digest       bytea not null,                   -- what was signed
  serial       text not null,                    -- of the key's certificate
  by           text not null,                    -- on whose word: task:… or connection:…
  at           timestamptz not null
);
create index key_use_company on key_use (company_id, at);
create index key_use_document on key_use (document_id);
