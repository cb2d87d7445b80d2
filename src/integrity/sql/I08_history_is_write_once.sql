-- The application can neither change nor delete what is written once, nor delete anything else that stays,
-- and the triggers that the database's own refusals hang on are on.
with place as (
  select c.oid, c.relname::text as name,
         c.relname = any (string_to_array(current_setting('check.append_only'), ',')) as once,
         c.relname = any (string_to_array(current_setting('check.deletable'), ',')) as deletable
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> '_sqlx_migrations'),
may as (
  select p.name, r.oid as role, has_table_privilege(r.oid, p.oid, 'delete') as deletes, p.once, p.deletable,
         has_any_column_privilege(r.oid, p.oid, 'update') as updates,
         has_table_privilege(r.oid, p.oid, 'truncate') as truncates
    from place p left join pg_roles r on r.rolname = current_setting('check.app_role'))
select null::uuid as network_id, 'table ' || name as subject,
       case when role is null then 'the application has no role'
            else 'the application may' || case when once and updates then ' update' else '' end
                 || case when not deletable and deletes then ' delete' else '' end
                 || case when truncates then ' truncate' else '' end end as detail
  from may
 where role is null or (once and updates) or (not deletable and deletes) or truncates
union all
select null, 'trigger ' || wanted.name, 'is off'
  from (values ('posting_balanced'), ('card_step')) wanted (name)
  left join pg_trigger t on t.tgname = wanted.name and t.tgenabled in ('O', 'A') and not t.tgisinternal
 where t.oid is null
