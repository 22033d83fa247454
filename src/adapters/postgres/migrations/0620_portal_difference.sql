-- older versions: survive (they compare and keep nothing).

-- What a comparison with the state portal found, until a later one finds it gone.
create table portal_difference (
  id            uuid primary key,
  tax_id        text not null,
  direction     text not null check (direction in ('out', 'in')),
  kind          text not null,
  action        text not null,
  invoice_date  date not null,
  number        text not null,
  document_id   uuid,
  portal_id     text,
  ours          text,
  theirs        text,
  first_seen_at timestamptz not null,
  last_seen_at  timestamptz not null,
  taken_at      timestamptz,
  resolved_at   timestamptz
);
create unique index portal_difference_open on portal_difference
  (tax_id, direction, kind, invoice_date, number, coalesce(document_id::text, ''), coalesce(portal_id, ''))
  where resolved_at is null;
create index portal_difference_of on portal_difference (tax_id, resolved_at, invoice_date);
create index document_invoices_of on document (sender_tax_id, date, id) where kind = 'tax-invoice';
