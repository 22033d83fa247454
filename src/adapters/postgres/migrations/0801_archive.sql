-- older versions: stop first (they archive without the facts that are searched by)

alter table archive_record
  add column company_id           uuid,
  add column recipient_company_id uuid,
  add column kind                 text,
  add column number               text,
  add column date                 date,
  add column sender_tax_id        text,
  add column recipient_tax_id     text,
  add column size                 bigint not null default 0,
  -- Place in the chain of the archive, with leaf and head; written once, by one writer at a time.
  add column place                bigint unique,
  add column leaf                 bytea,
  add column head                 bytea;

update archive_record a
   set company_id = d.company_id, recipient_company_id = d.recipient_company_id, kind = d.kind, number = d.number,
       date = d.date, sender_tax_id = d.sender_tax_id, recipient_tax_id = d.recipient_tax_id
  from document d where d.id = a.document_id;

alter table archive_record
  alter column kind set not null,
  alter column number set not null,
  alter column date set not null,
  alter column sender_tax_id set not null,
  alter column recipient_tax_id set not null;

create index archive_record_unplaced on archive_record (document_id) where place is null;
create index archive_record_at on archive_record (at);
create index archive_record_outbox on archive_record (company_id, document_id);
create index archive_record_inbox on archive_record (recipient_company_id, document_id)
  where recipient_company_id is not null;
create index archive_record_number on archive_record (number, date);
create index archive_record_date on archive_record (date, document_id);

-- The files of an archived document by digest; one file may belong to several documents.
create table archive_piece (
  document_id uuid not null references archive_record,
  digest      bytea not null,
  size        bigint not null,
  primary key (document_id, digest)
);
create index archive_piece_digest on archive_piece (digest);

create table archive_package (
  number    bigint primary key,
  day       date not null unique,
  first     bigint not null,
  last      bigint not null check (last >= first),
  documents bigint not null,
  bytes     bigint not null,
  root      bytea not null,
  head      bytea not null,
  sheets    bytea not null,                      -- digests of the sheets, 32 bytes each
  previous  bytea not null,
  digest    bytea not null,
  signature bytea not null,
  knots     bytea not null,                      -- roots of each 256 leaves, 32 bytes each
  closed_at timestamptz not null
);
create index archive_package_last on archive_package (last);
create trigger archive_package_append_only before update or delete or truncate on archive_package
  for each statement execute function refuse_change();

create table archive_package_stamp (
  number bigint primary key references archive_package,
  token  bytea not null
);
create trigger archive_package_stamp_append_only before update or delete or truncate on archive_package_stamp
  for each statement execute function refuse_change();

-- Nothing of an archived document's row changes but its place, once.
create function refuse_archive_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.place is null and
     (to_jsonb(new) - 'place' - 'leaf' - 'head') = (to_jsonb(old) - 'place' - 'leaf' - 'head') then
    return new;
  end if;
  raise exception 'rows of % are never changed or removed', tg_table_name using errcode = 'restrict_violation';
end $$;
create trigger archive_record_append_only before update or delete on archive_record
  for each row execute function refuse_archive_change();
create trigger archive_record_not_truncated before truncate on archive_record
  for each statement execute function refuse_change();
create trigger archive_piece_append_only before update or delete or truncate on archive_piece
  for each statement execute function refuse_change();

-- What purging leaves: that there was a document, its digests, and why it went. Its archive_record stays.
create table tombstone (
  document_id     uuid primary key references archive_record,
  digest          bytea not null,                -- of the document's exact bytes
  manifest_digest bytea not null,
  purged_at       timestamptz not null,
  by              text not null,
  basis           text not null,
  blobs           integer not null
);
create trigger tombstone_append_only before update or delete or truncate on tombstone
  for each statement execute function refuse_change();

-- Documents that must not be purged, whatever their term: a court, a tax audit.
create table legal_hold (
  id          uuid primary key,
  company_id  uuid references company,
  document_id uuid references document,
  reason      text not null,
  by          text not null,
  at          timestamptz not null,
  lifted_at   timestamptz,
  lifted_by   text,
  check ((company_id is null) <> (document_id is null))
);
create index legal_hold_company on legal_hold (company_id) where lifted_at is null;
create index legal_hold_document on legal_hold (document_id) where lifted_at is null;
