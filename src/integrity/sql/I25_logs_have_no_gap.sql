-- Each tenant's log is pages from 1 on without a gap, every page's events are there, and an event and the pages
-- agree on its numbers.
with pages as (
  select network_id, tenant_id, first_seq, last_seq,
         lag(last_seq, 1, 0::bigint) over (partition by network_id, tenant_id order by last_seq) as before
    from event_page),
said as materialized (
  select e.network_id, e.event_id, n.tenant_id, n.seq
    from event e cross join lateral unnest(e.tenants, e.seqs) as n (tenant_id, seq)),
paged as materialized (select network_id, event_id, tenant_id, seq from event_log)
select network_id, 'tenant ' || tenant_id as subject,
       'a page from ' || first_seq || ' to ' || last_seq || ' comes behind ' || before as detail
  from pages where first_seq <> before + 1
union all
select coalesce(s.network_id, p.network_id), 'tenant ' || coalesce(s.tenant_id, p.tenant_id),
       'event ' || coalesce(s.event_id, p.event_id) || ' has the number ' || coalesce(s.seq::text, 'of no log')
         || ' and is ' || coalesce('in a page as ' || p.seq, 'in no page')
  from said s
  full join paged p on p.network_id = s.network_id and p.event_id = s.event_id and p.tenant_id = s.tenant_id
 where s.seq is distinct from p.seq
