-- older versions: survive

-- Every exchange with an accounting base, raw. Ids are UUIDs of version 7: they sort by time, and old lines are
-- found by their ids. No foreign keys: a line is written beside the work and outlives what it is about.
create table exchange_line (
  id               uuid primary key,
  at               timestamptz not null,
  duration_ms      integer not null,
  direction        text not null check (direction in ('in', 'out')),
  door             text not null,
  operation        text not null,
  connection_id    uuid,
  company_id       uuid,
  request_id       text not null,
  method           text not null,
  target           text not null,
  status           integer not null,
  codes            text[] not null,
  document_id      uuid,
  request_head     jsonb not null,
  request_size     integer not null,
  request_digest   bytea not null,
  request_kept     text not null,
  request_blotted  boolean not null,
  request_bytes    bytea,                        -- null: none, or in blob under the digest
  response_head    jsonb not null,
  response_size    integer not null,
  response_digest  bytea not null,
  response_kept    text not null,
  response_blotted boolean not null,
  response_bytes   bytea
);
create index exchange_line_connection on exchange_line (connection_id, id);
create index exchange_line_document on exchange_line (document_id) where document_id is not null;
create index exchange_line_request on exchange_line (request_id);
create index exchange_line_refused on exchange_line (id) where codes <> '{}';

do $$
begin
  alter table exchange_line alter column request_bytes set compression lz4;
  alter table exchange_line alter column response_bytes set compression lz4;
exception when others then null;
end $$;
