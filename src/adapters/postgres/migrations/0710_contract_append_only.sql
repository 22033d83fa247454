-- older versions: survive (nobody changes these rows)

-- What proves a contract is never changed and never removed, by nobody who comes through SQL.
create function refuse_contract_change() returns trigger language plpgsql as $$
begin
  raise exception 'rows of % are never changed or removed', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger contract_event_append_only before update or delete or truncate on contract_event
  for each statement execute function refuse_contract_change();
create trigger publication_append_only before update or delete or truncate on publication
  for each statement execute function refuse_contract_change();
create trigger payment_append_only before update or delete or truncate on payment
  for each statement execute function refuse_contract_change();
