-- older versions: survive

-- Files too large for a document, in the parts they came in; documents name them by digest.
create table attachment (
  company_id uuid not null references company,
  digest     bytea not null,
  size       bigint not null,
  parts      integer not null,
  kept_at    timestamptz not null,
  primary key (company_id, digest)
);

create table attachment_part (
  company_id uuid not null,
  digest     bytea not null,
  part       integer not null,
  bytes      bytea not null,
  primary key (company_id, digest, part),
  foreign key (company_id, digest) references attachment on delete cascade
);

-- The key to `attachment` keeps the purge from taking what a document has just come to name.
create table document_attachment (
  document_id uuid primary key references document,
  company_id  uuid not null,
  digest      bytea not null,
  foreign key (company_id, digest) references attachment
);
create index document_attachment_named on document_attachment (company_id, digest);
