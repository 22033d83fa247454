-- older versions: survive (their key uses have a signature, their links one document)

-- A kept key is also used where no signature of ours comes of it: for the portal, or for a check that failed.
alter table key_use drop constraint key_use_pkey;
alter table key_use alter column signature_id drop not null;
alter table key_use alter column document_id drop not null;
alter table key_use add column id bigint generated always as identity primary key;
alter table key_use add column purpose text not null default 'document' check (purpose in ('document', 'portal'));
create unique index key_use_signature on key_use (signature_id);

-- A signing link opens one document or one package; `document_id` stays the first of them.
alter table link add column created_at timestamptz not null default now();
alter table link add column asked_by text;
alter table link add column sign_by date;
alter table link add column note text;
create table package_document (
  token_hash  bytea not null references link on delete cascade,
  place       integer not null,                  -- from 1
  document_id uuid not null references document,
  primary key (token_hash, place)
);
create index package_document_document on package_document (document_id);
