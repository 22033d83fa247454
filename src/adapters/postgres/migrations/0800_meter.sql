-- A running older version survives this: it only adds meter lines, which stays allowed.

-- What is written to prove something is never changed and never removed, by nobody who comes through SQL.
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or removed', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger meter_line_append_only before update or delete or truncate on meter_line
  for each statement execute function refuse_change();

-- A line's place in the chain of its company; written after the line, by one writer at a time.
create table meter_link (
  company_id  uuid not null,
  number      bigint not null check (number > 0),
  document_id uuid not null unique references meter_line,
  tax_id      text not null,
  digest      bytea not null,                    -- of the document, as the client's receipt has it
  received_at timestamptz not null,
  month       text not null,
  leaf        bytea not null,
  head        bytea not null,
  linked_at   timestamptz not null,
  primary key (company_id, number)
);
create index meter_link_month on meter_link (company_id, month, number);
create trigger meter_link_append_only before update or delete or truncate on meter_link
  for each statement execute function refuse_change();

-- The links of a company that a day closed.
create table meter_seal (
  company_id uuid not null,
  tax_id     text not null,
  day        date not null,
  first      bigint not null,
  last       bigint not null check (last >= first),
  root       bytea not null,
  head       bytea not null,
  knots      bytea not null,                     -- roots of each 256 leaves, 32 bytes each
  primary key (company_id, last),
  unique (company_id, day)
);
create index meter_seal_day on meter_seal (day, tax_id);
create trigger meter_seal_append_only before update or delete or truncate on meter_seal
  for each statement execute function refuse_change();

create table meter_day (
  day       date primary key,
  number    bigint not null unique,
  companies integer not null,
  documents bigint not null,
  root      bytea not null,
  previous  bytea not null,
  digest    bytea not null,
  signature bytea not null,
  closed_at timestamptz not null
);
create trigger meter_day_append_only before update or delete or truncate on meter_day
  for each statement execute function refuse_change();

-- Apart from the day, which never changes: an authority may answer later.
create table meter_day_stamp (
  day   date primary key references meter_day,
  token bytea not null
);
create trigger meter_day_stamp_append_only before update or delete or truncate on meter_day_stamp
  for each statement execute function refuse_change();
