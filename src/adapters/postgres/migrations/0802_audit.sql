-- older versions: survive (they write no audit lines)

create table audit_line (
  id         uuid primary key,
  at         timestamptz not null,
  who        text not null check (who in ('client', 'operator', 'visitor')),
  actor      text not null,
  deed       text not null,
  object     text,
  company_id uuid,
  reason     text
);
create index audit_line_object on audit_line (object, id) where object is not null;
create trigger audit_line_append_only before update or delete or truncate on audit_line
  for each statement execute function refuse_change();

create table audit_link (
  number  bigint primary key,
  line_id uuid not null unique references audit_line,
  leaf    bytea not null,
  head    bytea not null
);
create trigger audit_link_append_only before update or delete or truncate on audit_link
  for each statement execute function refuse_change();

create table audit_day (
  day       date primary key,
  last      bigint not null,
  head      bytea not null,
  signature bytea not null,
  token     bytea
);
create trigger audit_day_append_only before update or delete or truncate on audit_day
  for each statement execute function refuse_change();
