-- First schema: nothing older runs beside it.

create table company (
  id         uuid primary key,
  tax_id     text not null unique check (tax_id ~ '^[0-9]{12}$'),
  name       text not null,
  created_at timestamptz not null default now()
);

create table connection (
  id         uuid primary key,
  company_id uuid not null references company,
  name       text not null,
  login      text not null unique,
  signing    text not null check (signing in ('key', 'sender')),
  secrets    jsonb not null,                     -- [{hash, expiresAt?}], two alive while a password is rotated
  created_at timestamptz not null default now(),
  closed_at  timestamptz
);
create index connection_company on connection (company_id);

create table api_key (
  key_id        text primary key,
  connection_id uuid references connection,      -- null: a key of the operator
  name          text not null,
  hash          text not null,
  created_at    timestamptz not null default now(),
  expires_at    timestamptz
);

create table access (
  company_id   uuid primary key references company,
  state        text not null check (state in ('ACTIVE', 'RESTRICTED', 'ARCHIVE_ONLY')),
  activated_at timestamptz not null,
  expires_at   timestamptz not null
);
create index access_to_restrict on access (expires_at) where state = 'ACTIVE';

-- Bytes lie once, under their SHA-256, and are never changed.
create table blob (
  digest bytea primary key,
  size   integer not null,
  bytes  bytea not null
);

create table document (
  id                   uuid primary key,
  revision             integer not null default 1,
  kind                 text not null,
  company_id           uuid not null references company,
  connection_id        uuid not null references connection,
  sender_tax_id        text not null,
  sender_name          text not null,
  recipient_tax_id     text not null,
  recipient_name       text not null,
  recipient_email      text,
  recipient_company_id uuid references company,
  guid                 text not null,
  version              text not null,
  number               text not null,
  date                 date not null,
  total                numeric(20, 2),
  currency             text,
  digest               bytea not null,
  size                 integer not null,
  received_at          timestamptz not null,
  sender_state         text not null,
  recipient_state      text not null default 'none',
  mirror_state         text not null,
  reason               text,
  stamp                jsonb,
  archived_at          timestamptz,
  door                 text not null,
  format               text not null,
  request_id           text not null,
  raw_digest           bytea not null,
  -- The content id: one version of one document of one base is accepted once, for ever.
  constraint document_content_id unique (connection_id, guid, version)
);
create index document_outbox on document (company_id, id);
create index document_inbox on document (recipient_company_id, id) where recipient_company_id is not null;
create index document_to_archive on document (id)
  where archived_at is null and sender_state in ('completed', 'refused', 'annulled');

create table idempotency_key (
  connection_id uuid not null,
  key           text not null,
  document_id   uuid not null references document,
  primary key (connection_id, key)
);

create table signature (
  id          uuid primary key,
  document_id uuid not null references document,
  side        text not null check (side in ('sender', 'recipient')),
  purpose     text not null check (purpose in ('document', 'refusal', 'annulment')),
  cms         bytea not null,
  signed_at   timestamptz not null,
  verdict     text not null check (verdict in ('VALID', 'INVALID', 'INDETERMINATE')),
  signer      jsonb not null,
  report      jsonb not null
);
create index signature_document on signature (document_id);

-- Append-only: one line for each accepted outgoing document (offer 2.11).
create table meter_line (
  document_id uuid primary key references document,
  company_id  uuid not null,
  month       text not null                      -- Almaty month, YYYY-MM
);
create index meter_line_month on meter_line (company_id, month);

-- What happened. Rows with a company are that company's feed, in the order of (tx, seq): readers stop at
-- the oldest transaction still running, so an event that commits late is never jumped over.
create table event (
  seq         bigint generated always as identity primary key,
  tx          xid8 not null default pg_current_xact_id(),
  document_id uuid not null references document,
  company_id  uuid,
  name        text not null,
  at          timestamptz not null,
  details     jsonb
);
create index event_feed on event (company_id, tx, seq) where company_id is not null;
create index event_document on event (document_id);

create table task (
  id           uuid primary key,
  kind         text not null,
  document_id  uuid not null references document,
  subject      text not null,
  due_at       timestamptz not null,
  state        text not null default 'due' check (state in ('due', 'leased', 'done', 'dead')),
  attempts     integer not null default 0,
  rung_at      timestamptz,
  lease_until  timestamptz,
  lease_holder text,
  details      jsonb,
  reason       text,
  settled_at   timestamptz,
  unique (document_id, kind, subject)
);
create index task_to_ring on task (due_at) where state = 'due' and rung_at is null;
create index task_rung on task (rung_at) where state = 'due' and rung_at is not null;
create index task_leased on task (lease_until) where state = 'leased';
create index task_dead on task (id) where state = 'dead';
create index task_done on task (settled_at) where state = 'done';

create table attempt (
  id          bigint generated always as identity primary key,
  task_id     uuid not null,
  document_id uuid not null references document,
  kind        text not null,
  number      integer not null,
  started_at  timestamptz not null,
  duration_ms integer not null,
  outcome     text not null,
  note        text not null
);
create index attempt_document on attempt (document_id);

create table lease (
  name       text primary key,
  holder     text not null,
  token      bigint not null,
  expires_at timestamptz not null
);

create table job_run (
  job        text not null,
  slot       timestamptz not null,
  holder     text not null,
  started_at timestamptz not null,
  ended_at   timestamptz,
  count      integer,
  outcome    text,
  note       text,
  primary key (job, slot)
);

create table upload_part (
  connection_id uuid not null references connection,
  file_id       text not null,
  part          integer not null,
  bytes         bytea not null,
  at            timestamptz not null,
  primary key (connection_id, file_id, part)
);
create index upload_part_age on upload_part (at);

-- One-document links: the token itself is only in the mail.
create table link (
  token_hash  bytea primary key,
  document_id uuid not null references document,
  purpose     text not null check (purpose in ('receive', 'sign')),
  sent_to     text not null,
  expires_at  timestamptz not null
);
create index link_document on link (document_id);

create table webhook_endpoint (
  id              uuid primary key,
  company_id      uuid not null references company,
  url             text not null,
  sealed_secret   bytea not null,
  disabled_at     timestamptz,
  disabled_reason text
);
create index webhook_endpoint_company on webhook_endpoint (company_id);

-- Signing keys rest sealed (AES-256-GCM, the company id as associated data).
create table company_key (
  company_id  uuid primary key references company,
  sealed      bytea not null,
  changed_at  timestamptz not null
);

create table archive_record (
  document_id     uuid primary key references document,
  manifest_digest bytea not null,
  at              timestamptz not null
);

-- lz4 halves the work of reading and writing bytes; a server built without it keeps the default.
do $$
begin
  alter table blob alter column bytes set compression lz4;
exception when others then null;
end $$;
