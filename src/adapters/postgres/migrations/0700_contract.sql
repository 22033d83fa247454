-- older versions: stop first (they write access rows without a file)

-- The contract with a client lies in his access row: what the gate asks for in columns, the rest in `contents`.
alter table access drop constraint access_state_check;
alter table access alter column activated_at drop not null;
alter table access alter column expires_at drop not null;
alter table access
  add constraint access_state_check check (state in ('NONE', 'ACCEPTED', 'INVOICED', 'PAID', 'ACTIVE', 'RESTRICTED',
    'ARCHIVE_ONLY', 'PURGED', 'LAPSED', 'TERMINATING', 'TERMINATED', 'BREACH_ENDED', 'CONSENT_WITHDRAWN')),
  add column stopped_at timestamptz,
  add column revision   integer not null default 0,
  add column next_at    timestamptz,                -- the earliest moment of any term that runs
  add column follows    boolean not null default false,
  add column contents   jsonb;                      -- null: granted before contracts were kept
update access set next_at = expires_at where state = 'ACTIVE';
drop index access_to_restrict;
create index access_due on access (next_at) where next_at is not null;
create index access_following on access (company_id) where follows;
create index access_state on access (state, company_id);

-- Append-only: every fact of a contract, each with the hash of the one before.
create table contract_event (
  company_id    uuid not null references company,
  seq           integer not null,
  name          text not null,
  from_state    text not null,
  to_state      text not null,
  clause        text not null,
  offer_version text not null,
  at            timestamptz not null,
  by            text not null,
  details       jsonb not null,
  previous      text not null,
  hash          text not null,
  primary key (company_id, seq)
);

-- Mails that are owed. The same key is the same mail.
create table notice (
  id          uuid primary key,
  company_id  uuid references company,
  audience    text not null check (audience in ('client', 'operator')),
  kind        text not null,
  key         text not null,
  facts       jsonb not null,
  document_id uuid references document,
  due_at      timestamptz not null,
  attempts    integer not null default 0,
  sent_at     timestamptz,
  sent_to     text,
  message_id  text,
  trouble     text
);
create unique index notice_key on notice (coalesce(company_id, '00000000-0000-0000-0000-000000000000'), key);
create index notice_due on notice (due_at) where sent_at is null;
create index notice_company on notice (company_id, due_at);

-- One row for each line of a bank statement, for ever: a line that comes again changes nothing.
create table payment (
  key          text primary key,
  payer_tax_id text not null,
  amount       numeric(20, 2) not null,
  paid_on      date not null,
  purpose      text not null,
  source       text not null,
  company_id   uuid references company,
  outcome      text not null check (outcome in ('paid', 'partial', 'credit', 'unmatched')),
  at           timestamptz not null,
  by           text not null
);
create index payment_company on payment (company_id, at);
create sequence contract_number;

-- What the operator publishes, in order; every line is chained and signed.
create table publication (
  seq     integer primary key,
  entry   jsonb not null,
  content bytea not null
);

-- When a client last fetched something, and when he was last told to.
create table pick_up (
  company_id uuid primary key references company,
  at         timestamptz,
  told_at    timestamptz
);

create table bad_faith (
  id     uuid primary key,
  tax_id text not null,
  entry  jsonb not null
);
