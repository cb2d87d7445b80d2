-- Each tenant's log is numbered from 1 to its last number, every number once.
with log as (
  select network_id, tenant_id, count(*) as count, min(seq) as first, max(seq) as last, count(distinct seq) as numbers
    from event group by network_id, tenant_id)
select coalesce(l.network_id, e.network_id) as network_id, 'tenant ' || coalesce(l.tenant_id, e.tenant_id) as subject,
       'the log says ' || coalesce(l.last_seq::text, 'nothing') || ' and holds ' || coalesce(e.count, 0)
         || coalesce(' from ' || e.first || ' to ' || e.last, '') as detail
  from event_log l
  full join log e on e.network_id = l.network_id and e.tenant_id = l.tenant_id
 where l.last_seq is distinct from coalesce(e.last, 0) or coalesce(e.count, 0) <> l.last_seq
    or e.numbers <> e.count or e.first <> 1
