-- What an order, and each unit of it, has back is the sum of its refunds; the order's status says so; each refund
-- paid its buyer exactly its amount.
with of_order as (
  select network_id, order_id, sum(amount) as amount from refund group by network_id, order_id),
of_unit as (
  select d.network_id, d.order_id, d.line_no, d.unit_no,
         max(d.refunded) filter (where d.replaced_by_id is null) as refunded, coalesce(sum(r.amount), 0) as amount
    from delivery d
    left join (select network_id, delivery_id, sum(amount) as amount from refund group by network_id, delivery_id) r
      on r.network_id = d.network_id and r.delivery_id = d.delivery_id
   group by d.network_id, d.order_id, d.line_no, d.unit_no),
booked as (
  select e.network_id, split_part(e.key, ':', 2) as refund_id, a.owner_id, sum(p.amount) as amount
    from journal_entry e
    join posting p on p.network_id = e.network_id and p.entry_id = e.entry_id
    join account a on a.network_id = p.network_id and a.account_id = p.account_id
   where e.key like 'refund:%' and a.kind = 'BUYER_WALLET'
   group by e.network_id, e.key, a.owner_id)
select o.network_id, 'order ' || o.order_id as subject,
       o.status || ' with ' || o.refunded || ' of ' || o.total || ' back, refunds of ' || coalesce(r.amount, 0) as detail
  from orders o
  left join of_order r on r.network_id = o.network_id and r.order_id = o.order_id
 where o.refunded <> coalesce(r.amount, 0)
    or (o.status = 'REFUNDED') <> (o.refunded = o.total)
    or (o.status = 'PARTIALLY_REFUNDED') <> (o.refunded > 0 and o.refunded < o.total)
union all
select network_id, 'order ' || order_id || ' line ' || line_no || ' unit ' || unit_no,
       'has ' || refunded || ' back, refunds of ' || amount
  from of_unit where refunded <> amount
union all
select r.network_id, 'refund ' || r.refund_id, 'of ' || r.amount || ' paid ' || coalesce(b.amount, 0)
  from refund r
  join orders o on o.network_id = r.network_id and o.order_id = r.order_id
  left join booked b on b.network_id = r.network_id and b.refund_id = r.refund_id::text and b.owner_id = o.buyer_id
 where b.amount is distinct from r.amount or (r.kind = 'BORNE') <> (r.bearer_id is not null)
union all
select network_id, 'delivery ' || delivery_id, status || ' with ' || refunded || ' of ' || paid || ' back'
  from delivery
 where replaced_by_id is null and paid > 0 and (status = 'REFUNDED') <> (refunded = paid)
