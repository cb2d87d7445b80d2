-- Everyone with a price on an order has one event of its placing and one of each later status, and of no order
-- that is not there.
with counted as (
  select network_id, tenant_id, subject_id, count(*) filter (where type = 'ORDER_PLACED') as placed,
         count(*) filter (where type = 'ORDER_STATUS_CHANGED') as changed
    from told where type in ('ORDER_PLACED', 'ORDER_STATUS_CHANGED')
   group by network_id, tenant_id, subject_id),
party as (select distinct network_id, order_id, tenant_id from order_tier),
-- An order is placed as PAID; one with anything from stock is further on by the time that it is committed.
stocked as (
  select network_id, order_id, bool_or(fulfilment = 'STOCK') as any from order_line group by network_id, order_id),
due as (
  select p.network_id, p.tenant_id, 'ord_' || replace(o.order_id::text, '-', '') as subject_id,
         o.version - 1 + s.any::int as changed
    from party p
    join orders o on o.network_id = p.network_id and o.order_id = p.order_id
    join stocked s on s.network_id = p.network_id and s.order_id = p.order_id)
select coalesce(d.network_id, c.network_id) as network_id, coalesce(d.subject_id, c.subject_id) as subject,
       'tenant ' || coalesce(d.tenant_id, c.tenant_id) || ' was told ' || coalesce(c.placed, 0) || ' placing and '
         || coalesce(c.changed, 0) || ' of ' || coalesce(d.changed, 0) || ' changes' as detail
  from due d
  full join counted c on c.network_id = d.network_id and c.tenant_id = d.tenant_id and c.subject_id = d.subject_id
 where d.subject_id is null or c.placed is distinct from 1 or c.changed is distinct from d.changed
