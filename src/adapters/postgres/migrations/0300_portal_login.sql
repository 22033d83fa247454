-- New table: a running older version does not touch it.

-- How a company works at the state portal; the password of the person's cabinet rests sealed.
create table portal_login (
  company_id      uuid primary key references company,
  user_iin        text not null check (user_iin ~ '^[0-9]{12}$'),
  sealed_password bytea not null,
  login           text not null check (login in ('ticket', 'certificate')),
  profile         text,
  changed_at      timestamptz not null
);
