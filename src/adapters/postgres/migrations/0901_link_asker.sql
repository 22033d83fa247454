-- older versions: survive (their links count against nobody)

-- Whose document a person was asked to sign: a company may not fill strangers' mailboxes.
alter table link add column company_id uuid references company;
create index link_asked on link (company_id, created_at) where company_id is not null;
