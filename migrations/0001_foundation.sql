-- What every later slice stands on: who is asking, as row security sees it.
--
-- A transaction says who it is with `set local`; nothing said means no rows. Scopes:
--   network       a use case at work: every row of one network, the only scope that may write
--   operator      the operator's staff reading: every row of its network
--   tenant        a tenant's staff reading: what is that tenant's own
--   buyer         a buyer reading: what is its own, and its site's public part
--   public        anybody at a site: the site's public part
--   installation  the background runners: only the tables that they carry forward
-- Every tenant table begins its primary key with network_id and every foreign key stays inside it,
-- so that the schema can be distributed by network_id as it is.

create function app_scope() returns text language sql stable parallel safe
as $$ select coalesce(current_setting('app.scope', true), '') $$;

create function app_network() returns uuid language sql stable parallel safe
as $$ select nullif(current_setting('app.network', true), '')::uuid $$;

create function app_tenant() returns uuid language sql stable parallel safe
as $$ select nullif(current_setting('app.tenant', true), '')::uuid $$;

create function app_buyer() returns uuid language sql stable parallel safe
as $$ select nullif(current_setting('app.buyer', true), '')::uuid $$;

-- Gives a table its walls: the whole network to a use case, every row to the operator where
-- `operator_reads`, and to the others what `own` says (an expression over the table's columns).
create procedure guard_table(name text, operator_reads boolean, own text) language plpgsql as $$
begin
  execute format('alter table %I enable row level security', name);
  execute format('alter table %I force row level security', name);
  execute format(
    'create policy whole on %I for all
       using (network_id = (select app_network()) and (select app_scope()) = ''network'')
       with check (network_id = (select app_network()) and (select app_scope()) = ''network'')', name);
  if operator_reads then
    execute format(
      'create policy operator on %I for select
         using (network_id = (select app_network()) and (select app_scope()) = ''operator'')', name);
  end if;
  if own is not null then
    execute format(
      'create policy own on %I for select using (network_id = (select app_network()) and (%s))', name, own);
  end if;
end $$;

-- Lets the background runners reach a table across networks.
create procedure open_to_runners(name text) language plpgsql as $$
begin
  execute format(
    'create policy runners on %I for all
       using ((select app_scope()) = ''installation'') with check ((select app_scope()) = ''installation'')', name);
end $$;

-- A foreign key that is looked at once a statement, for tables into which rows come by the dozen: what PostgreSQL
-- does for each row by itself (a query, and a lock on the row referred to) costs more than the row. It is as good
-- where what is referred to is never deleted and never gets another key, and where the columns are set once, by the
-- insert: both hold for the application's role. A null refers to nothing.
create procedure refer(name text, child text, columns text[], parent text, keys text[]) language plpgsql as $$
declare
  pairs text := (select string_agg(format('p.%I = a.%I', k, c), ' and ') from unnest(columns, keys) as t (c, k));
  given text := (select string_agg(format('a.%I is not null', c), ' and ') from unnest(columns) as t (c));
begin
  execute format(
    'create function %I() returns trigger language plpgsql as $f$
     begin
       -- Not "exists", which may be made a join that reads the parent whole.
       if exists (select from added a where %s and (select true from %I p where %s limit 1) is null) then
         raise exception ''a row of %s refers to none of %s''
           using errcode = ''foreign_key_violation'', constraint = %L, table = %L;
       end if;
       return null;
     end $f$', name, given, parent, pairs, child, parent, name, child);
  execute format(
    'create trigger %I after insert on %I referencing new table as added for each statement execute function %I()',
    name, child, name);
end $$;

-- Where a request is addressed to: handles and hosts are unique in the whole installation, because a
-- request names nothing else. Routing only, no tenant's data: not a tenant table (on Citus, a
-- reference table), hence the one place without row security.
create table directory (
  handle     text primary key check (handle ~ '^[a-z0-9](-?[a-z0-9])*$' and length(handle) between 2 and 40),
  network_id uuid not null,
  tenant_id  uuid not null
);

create table directory_host (
  host       text primary key check (host = lower(host) and length(host) between 3 and 253),
  network_id uuid not null,
  tenant_id  uuid not null
);
create index directory_host_of on directory_host (network_id, tenant_id);
