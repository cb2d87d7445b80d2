-- Everyone with a price on its line has one event of each unit handed over, and of none that was not.
with counted as (
  select network_id, tenant_id, subject_id, count(*) as count from told where type = 'DELIVERY_MADE'
   group by network_id, tenant_id, subject_id),
due as (
  select d.network_id, t.tenant_id, 'dlv_' || replace(d.delivery_id::text, '-', '') as subject_id
    from delivery d
    join order_tier t on t.network_id = d.network_id and t.order_id = d.order_id and t.line_no = d.line_no
   where d.delivered_at is not null)
select coalesce(d.network_id, c.network_id) as network_id, coalesce(d.subject_id, c.subject_id) as subject,
       'tenant ' || coalesce(d.tenant_id, c.tenant_id) || ' was told ' || coalesce(c.count, 0) || ' time(s)' as detail
  from due d
  full join counted c on c.network_id = d.network_id and c.tenant_id = d.tenant_id and c.subject_id = d.subject_id
 where d.subject_id is null or c.count is distinct from 1
