-- A coupon counts the orders with it that stand, each buyer's too; what an order was lowered by is what its lines
-- were, at the site whose coupon it is; and a line costs its unit price by its quantity, rounded once, less that.
with used as (
  select network_id, coupon_id, buyer_id, count(*) filter (where status <> 'REFUNDED') as uses
    from orders where coupon_id is not null group by network_id, coupon_id, buyer_id)
select c.network_id, 'coupon ' || c.coupon_id as subject,
       'counts ' || c.uses || ', orders with it ' || coalesce(u.uses, 0) as detail
  from coupon c
  left join (select network_id, coupon_id, sum(uses) as uses from used group by network_id, coupon_id) u
    on u.network_id = c.network_id and u.coupon_id = c.coupon_id
 where c.uses <> coalesce(u.uses, 0)
union all
select coalesce(b.network_id, u.network_id), 'coupon ' || coalesce(b.coupon_id, u.coupon_id),
       'counts ' || coalesce(b.uses, 0) || ' of buyer ' || coalesce(b.buyer_id, u.buyer_id) || ', orders '
         || coalesce(u.uses, 0)
  from coupon_buyer b
  full join used u on u.network_id = b.network_id and u.coupon_id = b.coupon_id and u.buyer_id = b.buyer_id
 where b.uses is distinct from u.uses
union all
select o.network_id, 'order ' || o.order_id,
       'is lowered by ' || o.discount || ', its lines by ' || coalesce(l.discount, 0)
  from orders o
  left join (select network_id, order_id, sum(discount) as discount from order_line group by network_id, order_id) l
    on l.network_id = o.network_id and l.order_id = o.order_id
  left join coupon c on c.network_id = o.network_id and c.coupon_id = o.coupon_id
 where o.discount <> coalesce(l.discount, 0) or (o.coupon_id is not null and c.site_id is distinct from o.site_id)
union all
select l.network_id, 'order ' || l.order_id || ' line ' || l.line_no,
       l.quantity || ' at ' || l.unit_price || ' less ' || l.discount || ' is not ' || l.total
  from order_line l
  join network n on n.network_id = l.network_id
 where l.total + l.discount
       <> round(l.unit_price::numeric * l.quantity / case when n.currency in ('JPY', 'KRW', 'VND') then 1000000 else 10000 end)
