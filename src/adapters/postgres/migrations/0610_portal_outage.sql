-- older versions: survive (they know nothing of outages and look at none).

create table portal_outage (
  id          uuid primary key,
  kind        text not null check (kind in ('announced', 'detected')),
  from_at     timestamptz not null,
  until_at    timestamptz,
  note        text not null,
  by          text not null,
  reported_at timestamptz not null,
  check (kind = 'detected' or until_at is not null),
  check (until_at is null or until_at >= from_at)
);
create index portal_outage_span on portal_outage (from_at);
-- Two replicas that find the portal down at once find one outage.
create unique index portal_outage_open on portal_outage (kind) where until_at is null;

create table portal_probe (
  at   timestamptz not null,
  ok   boolean not null,
  ms   integer not null,
  note text not null
);
create index portal_probe_at on portal_probe (at);

-- What waits for the portal: counted at every look of the operator.
create index document_to_portal on document (date, id)
  where kind = 'tax-invoice' and mirror_state in ('waiting', 'submitted');
