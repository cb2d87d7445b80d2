-- What the processes that keep listings in memory follow: which rows to read again.
--
-- A row names what changed and never how. A reader that knows the snapshot of its last look reads the rows that
-- became visible since, whatever their order, and reads what they name in the same snapshot: so nothing has to
-- wait for anything, and nobody writes a row that another waits for. Written by triggers alone, so that no use
-- case can forget it; without a foreign key, which would lock the network's row at every sale: the rows that the
-- triggers hang on have one.

create table listing_change (
  network_id uuid not null,
  xid        xid8 not null default pg_current_xact_id(),
  id         bigint generated always as identity,
  kind       text not null check (kind in ('STOCK', 'VARIANT', 'PRODUCT', 'TENANT', 'RULE', 'SETTING')),
  tenant_id  uuid,
  product_id uuid,
  variant_id uuid,
  -- Of STOCK: every variant that one statement touched.
  variants   uuid[],
  primary key (network_id, xid, id)
)
-- Every row lives for half a minute: what is left of them must not pile up.
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);
call guard_table('listing_change', false, null);
call open_to_runners('listing_change');

-- Rows of transactions older than `swept` are gone: whoever looked before then reads everything again.
create table listing_feed (
  network_id uuid primary key references network,
  swept      xid8 not null
);
call guard_table('listing_feed', false, null);
call open_to_runners('listing_feed');

-- Of stock it says which variants, in one row a statement: whether any is left can't be known here, where two who
-- take the last two cards do not see each other. The reader looks, after both.
create function tell_listings() returns trigger language plpgsql as $$
begin
  if tg_table_name = 'card' then
    insert into listing_change (network_id, kind, variants)
    select network_id, 'STOCK', array_agg(distinct variant_id) from changed group by network_id;
  elsif tg_table_name in ('variant', 'supply_price') then
    insert into listing_change (network_id, kind, variant_id) select network_id, 'VARIANT', variant_id from changed;
  elsif tg_table_name = 'product' then
    insert into listing_change (network_id, kind, product_id) select network_id, 'PRODUCT', product_id from changed;
  elsif tg_table_name = 'tenant' then
    insert into listing_change (network_id, kind, tenant_id) select network_id, 'TENANT', tenant_id from changed;
  elsif tg_table_name = 'price_rule' then
    insert into listing_change (network_id, kind, tenant_id, product_id, variant_id)
    select network_id, 'RULE', tenant_id, product_id, variant_id from changed;
  else
    insert into listing_change (network_id, kind, tenant_id, variant_id)
    select network_id, 'SETTING', tenant_id, variant_id from changed;
  end if;
  return null;
end $$;

-- A row that was moved to another place is named in both.
do $$
declare
  name text;
begin
  foreach name in array array['card', 'variant', 'supply_price', 'product', 'tenant', 'price_rule', 'listing_setting']
  loop
    execute format('create trigger tell_of_new after insert on %I referencing new table as changed
                      for each statement execute function tell_listings()', name);
    execute format('create trigger tell_of_change after update on %I referencing new table as changed
                      for each statement execute function tell_listings()', name);
    execute format('create trigger tell_of_end after delete on %I referencing old table as changed
                      for each statement execute function tell_listings()', name);
    continue when name = 'card';
    execute format('create trigger tell_of_past after update on %I referencing old table as changed
                      for each statement execute function tell_listings()', name);
  end loop;
end $$;
