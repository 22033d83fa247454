-- older versions: stop first (a document may have no sender of ours from here on).

-- An invoice that the state portal brought: its sender is no client of ours, so it belongs to its recipient alone.
alter table document alter column company_id drop not null;
alter table document alter column connection_id drop not null;
alter table document add constraint document_owned check (company_id is not null or recipient_company_id is not null);
alter table document add constraint document_sent_from_a_base check ((company_id is null) = (connection_id is null));

-- What the portal keeps for one of our companies as the buyer.
create table incoming_invoice (
  tax_id              text not null,
  portal_id           text not null,             -- 17 and more digits: text, as everywhere
  company_id          uuid not null references company,
  document_id         uuid not null references document,
  brought             boolean not null,          -- false: sent through us, so the document was there already
  invoice_date        date not null,
  invoice_number      text not null,
  sender_tax_id       text not null,
  status              text,
  status_since        timestamptz,
  registration_number text,
  deadline            timestamptz,               -- as the portal names it
  fetched_at          timestamptz not null,
  -- The original: character for character as the portal gave it, with the signature over it. Only of brought ones.
  body                text,
  signature           text,
  certificate         text,
  signature_check     jsonb,
  primary key (tax_id, portal_id)
);
create index incoming_invoice_document on incoming_invoice (document_id);
create index incoming_invoice_between on incoming_invoice (tax_id, invoice_date, portal_id);

-- Requests for history, a quarter each.
create table portal_fetch (
  id           uuid primary key,
  tax_id       text not null,
  from_day     date not null,
  to_day       date not null,
  page         integer not null,
  seen         integer not null,
  brought      integer not null,
  unread       integer not null,
  requested_at timestamptz not null,
  done_at      timestamptz
);
create unique index portal_fetch_open on portal_fetch (tax_id, from_day, to_day) where done_at is null;
create index portal_fetch_of on portal_fetch (tax_id, requested_at);

-- What a side had done with its invoice at the portal. `sending` is committed before the call.
create table portal_command (
  id            uuid primary key,
  document_id   uuid not null references document,
  tax_id        text not null,
  company_id    uuid not null references company,
  portal_id     text not null,
  kind          text not null check (kind in ('confirm', 'decline', 'revoke', 'unrevoke', 'delete')),
  reason        text,
  by            text not null,
  requested_at  timestamptz not null,
  status_before text,
  state         text not null check (state in ('waiting', 'sending', 'done', 'refused')),
  claimed_until timestamptz,
  settled_at    timestamptz,
  status        text,
  error_code    text
);
-- One at a time: the same again while it is under way is the same command.
create unique index portal_command_open on portal_command (document_id, company_id, kind)
  where state in ('waiting', 'sending');
create index portal_command_document on portal_command (document_id);
create index portal_command_waiting on portal_command (tax_id, kind, requested_at) where state = 'waiting';
