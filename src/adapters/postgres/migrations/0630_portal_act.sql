-- older versions: survive (they send no acts to the portal).

-- Companies that send their acts to the portal's АВР service.
create table portal_act_choice (
  company_id uuid primary key references company,
  upload     text not null check (upload in ('signed', 'completed')),
  since      timestamptz not null
);

create table portal_act (
  document_id         uuid primary key references document,
  revision            integer not null default 1,
  tax_id              text not null,
  act_date            date not null,
  act_number          text not null,
  phase               text not null check (phase in ('prepared', 'submitting', 'queued', 'registered', 'rejected')),
  claimed_until       timestamptz,
  portal_id           text,
  status              text,
  registration_number text,
  prepared_at         timestamptz not null,
  submitted_at        timestamptz,
  registered_at       timestamptz,
  errors              jsonb not null default '[]',
  -- What was signed and sent, character for character. Never updated.
  body                text not null,
  signature           text not null,
  signature_type      text not null,
  certificate         text not null,
  signer_name         text not null
);
create index portal_act_moving on portal_act (tax_id, registered_at) where phase = 'registered';
create index document_acts_of on document (company_id, id) where kind = 'act';
