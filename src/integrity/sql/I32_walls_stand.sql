-- Every tenant table begins its key with network_id, keeps its references inside the network, and has row security
-- forced; the application's role owns nothing and bypasses nothing.
with place as (
  select c.oid, c.relname::text as name, c.relrowsecurity and c.relforcerowsecurity as walled, c.relowner,
         a.attnum as network
    from pg_class c
    left join pg_attribute a on a.attrelid = c.oid and a.attname = 'network_id' and not a.attisdropped
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
     and c.relname not in ('_sqlx_migrations', 'directory', 'directory_host'))
select null::uuid as network_id, 'table ' || name as subject, 'has no forced row security' as detail
  from place where not walled
union all
select null, 'table ' || p.name, 'has no policy'
  from place p left join pg_policy w on w.polrelid = p.oid where w.oid is null
union all
select null, 'table ' || p.name, 'has no primary key that begins with network_id'
  from place p left join pg_constraint k on k.conrelid = p.oid and k.contype = 'p' and k.conkey[1] = p.network
 where k.oid is null
union all
select null, 'index ' || x.indexrelid::regclass, 'is unique across networks'
  from place p join pg_index x on x.indrelid = p.oid
 where x.indisunique and x.indkey[0] is distinct from p.network
union all
select null, 'reference ' || k.conname, 'leaves the network'
  from place p
  join pg_constraint k on k.conrelid = p.oid and k.contype = 'f'
  left join pg_attribute f on f.attrelid = k.confrelid and f.attname = 'network_id'
 where k.conkey[1] is distinct from p.network or k.confkey[1] is distinct from f.attnum
union all
select null, 'view ' || c.relname, 'sees as its owner, past row security'
  from pg_class c
 where c.relnamespace = 'public'::regnamespace and c.relkind in ('v', 'm')
   and not coalesce('security_invoker=true' = any (c.reloptions), false)
union all
select null, 'function ' || f.proname, 'acts as its owner, past row security'
  from pg_proc f where f.pronamespace = 'public'::regnamespace and f.prosecdef
union all
select null, 'role ' || r.rolname,
       case when r.rolsuper or r.rolbypassrls then 'bypasses row security' when r.rolcreaterole then 'makes roles'
            else 'owns ' || p.name end
  from pg_roles r
  left join place p on pg_has_role(r.oid, p.relowner, 'member')
 where r.rolname in (current_setting('check.app_role'), current_setting('check.work_role'))
   and (r.rolsuper or r.rolbypassrls or r.rolcreaterole or p.oid is not null)
