-- older versions: survive

-- What a door remembers about a connection: message numbers, positions, foreign keys.
create table door_note (
  connection_id uuid not null references connection,
  door          text not null,
  key           text not null,
  value         jsonb not null,
  revision      integer not null,
  primary key (connection_id, door, key)
);

alter table connection add column profile jsonb;

-- Name and version of the mapping that read a foreign file; null for the own formats.
alter table document add column mapping text;
