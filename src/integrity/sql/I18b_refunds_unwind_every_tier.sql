-- What a unit's tiers gave back of its sale is what the refunds that undid it gave its buyer.
with given as (
  select d.network_id, d.order_id, d.line_no, d.unit_no, sum(e.given_back) as amount
    from delivery d
    join earning e on e.network_id = d.network_id and e.delivery_id = d.delivery_id
   group by d.network_id, d.order_id, d.line_no, d.unit_no),
undone as (
  select d.network_id, d.order_id, d.line_no, d.unit_no, sum(r.amount) as amount
    from refund r
    join delivery d on d.network_id = r.network_id and d.delivery_id = r.delivery_id
   where r.kind in ('CANCELED', 'UNDONE')
   group by d.network_id, d.order_id, d.line_no, d.unit_no)
select g.network_id, 'order ' || g.order_id || ' line ' || g.line_no || ' unit ' || g.unit_no as subject,
       'its tiers gave back ' || g.amount || ', its buyer got ' || coalesce(u.amount, 0) as detail
  from given g
  left join undone u on u.network_id = g.network_id and u.order_id = g.order_id and u.line_no = g.line_no
       and u.unit_no = g.unit_no
 where g.amount <> coalesce(u.amount, 0)
