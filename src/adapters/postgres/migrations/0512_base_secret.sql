-- older versions: survive

-- What the gateway shows when it calls a base: the password of its OData user, the key of its signed calls.
create table base_secret (
  connection_id uuid not null references connection,
  name          text not null check (name in ('odata', 'push')),
  sealed        bytea not null,
  changed_at    timestamptz not null,
  primary key (connection_id, name)
);
