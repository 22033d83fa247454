-- A running older version survives this: it only adds tables that older versions do not know.

create table mirror_record (
  document_id uuid primary key,
  revision integer not null default 1,
  tax_id text not null,
  invoice_date date not null,
  invoice_number text not null,
  phase text not null check (phase in ('prepared', 'submitting', 'queued', 'registered', 'rejected')),
  claimed_until timestamptz,
  -- 17 and more digits: past what a JavaScript number holds, and never computed with.
  portal_id text,
  portal_status text,
  registration_number text,
  prepared_at timestamptz not null,
  submitted_at timestamptz,
  asked_at timestamptz,
  registered_at timestamptz,
  errors jsonb not null default '[]',
  -- What was signed and sent, character for character. Never updated.
  body text not null,
  signature text not null,
  signature_type text not null,
  certificate text not null
);

-- The portal's own rule: one invoice of a seller per day and number. A rejected one frees its key.
create unique index mirror_record_key on mirror_record (tax_id, invoice_date, invoice_number)
  where phase <> 'rejected';
create index mirror_record_between on mirror_record (tax_id, invoice_date, document_id);
create index mirror_record_prepared on mirror_record (tax_id, prepared_at) where phase = 'prepared';
create index mirror_record_queued on mirror_record (tax_id, asked_at) where phase = 'queued';
create index mirror_record_portal_id on mirror_record (portal_id) where portal_id is not null;

create table mirror_line (
  id bigint generated always as identity primary key,
  document_id uuid not null references mirror_record (document_id) on delete cascade,
  at timestamptz not null,
  deed text not null,
  change jsonb not null
);
create index mirror_line_document on mirror_line (document_id, id);

create table mirror_cursor (
  tax_id text not null,
  direction text not null check (direction in ('INBOUND', 'OUTBOUND')),
  last_event_date text not null,
  last_invoice_id text,
  primary key (tax_id, direction)
);

-- One open session per user of the portal, shared by all replicas.
create table portal_session (
  portal_user text primary key,
  tax_id text not null,
  session_id text not null,
  opened_at timestamptz not null
);

create table portal_login_turn (
  portal_user text primary key,
  at timestamptz not null
);

-- Calls made in a business day (Asia/Almaty), by kind of call.
create table portal_call (
  day date not null,
  kind text not null,
  calls integer not null,
  primary key (day, kind)
);
