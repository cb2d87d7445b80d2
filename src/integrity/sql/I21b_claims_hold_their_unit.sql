-- A delivery is under claim exactly while one claim on it is open, and a claim is about its own delivery.
with open as (
  select network_id, delivery_id, count(*) as claims from claim
   where status in ('SUBMITTED', 'INFO_REQUESTED', 'APPROVED', 'REJECTED', 'APPEALED')
   group by network_id, delivery_id)
select d.network_id, 'delivery ' || d.delivery_id as subject,
       'is ' || d.status || ' with ' || coalesce(o.claims, 0) || ' open claim(s)' as detail
  from delivery d
  left join open o on o.network_id = d.network_id and o.delivery_id = d.delivery_id
 where coalesce(o.claims, 0) <> (d.status = 'UNDER_CLAIM')::int
union all
select c.network_id, 'claim ' || c.claim_id, 'is not of its delivery''s order, line, site, supplier and buyer'
  from claim c
  join delivery d on d.network_id = c.network_id and d.delivery_id = c.delivery_id
  join order_line l on l.network_id = d.network_id and l.order_id = d.order_id and l.line_no = d.line_no
  join orders o on o.network_id = d.network_id and o.order_id = d.order_id
 where (c.order_id, c.line_no, c.site_id, c.supplier_id, c.buyer_id)
       <> (d.order_id, d.line_no, o.site_id, l.supplier_id, o.buyer_id)
