-- older versions: survive

-- The door a base mainly uses: which strings its administrator is shown first, and what the doctor looks at.
alter table connection add column door text not null default 'onec-soap';
create index api_key_connection on api_key (connection_id) where connection_id is not null;
