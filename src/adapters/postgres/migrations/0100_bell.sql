-- older versions: survive (a table they do not know).

-- Bells of the table queue: which task to look at. The task row decides; a bell only saves the wait.
create table bell (
  id          bigint generated always as identity primary key,
  task_id     text not null,
  kind        text not null,
  visible_at  timestamptz not null,              -- due; while in somebody's hands, the end of the lease
  deliveries  integer not null default 0,
  buried_at   timestamptz,
  reason      text
);
create index bell_visible on bell (kind, visible_at) where buried_at is null;
create index bell_buried on bell (buried_at) where buried_at is not null;
