-- A sold card is in a delivery and a free one in none; what is delivered has content and what is not has none;
-- an order says of its units what is so.
select c.network_id, 'card ' || c.card_id as subject,
       c.state || ', its delivery ' || coalesce(d.status, 'missing') as detail
  from card c
  left join delivery d on d.network_id = c.network_id and d.card_id = c.card_id
 where (c.state in ('SOLD', 'REPLACED', 'RETURNED')) <> (d.delivery_id is not null)
    or (c.state = 'REPLACED') <> coalesce(d.status = 'REPLACED', false)
union all
select d.network_id, 'delivery ' || d.delivery_id,
       d.status || ', ' || case when d.card_id is not null then 'a card' when d.sealed is not null then 'sealed'
                                else 'nothing' end || ' in it'
  from delivery d
 where (d.card_id is not null and d.sealed is not null)
    or (d.sealed is null) <> (d.key_id is null)
    or (d.delivered_at is not null) <> (d.card_id is not null or d.sealed is not null)
    or (d.delivered_at is not null) <> (d.warranty_ends_at is not null)
    or (d.status in ('DELIVERED', 'UNDER_CLAIM', 'REPLACED') and d.delivered_at is null)
    or (d.status = 'PENDING' and d.delivered_at is not null)
union all
select d.network_id, 'delivery ' || d.delivery_id, 'its card is of another variant than its line'
  from delivery d
  join order_line l on l.network_id = d.network_id and l.order_id = d.order_id and l.line_no = d.line_no
  join card c on c.network_id = d.network_id and c.card_id = d.card_id
 where c.variant_id <> l.variant_id
union all
select o.network_id, 'order ' || o.order_id, o.status || ' with ' || d.pending || ' of ' || d.units || ' units pending'
  from orders o
  join (select network_id, order_id, count(*) as units, count(*) filter (where status = 'PENDING') as pending,
               bool_and(settled) as settled
          from delivery group by network_id, order_id) d on d.network_id = o.network_id and d.order_id = o.order_id
 where (o.status = 'PAID' and d.pending < d.units)
    or (o.status = 'PARTIALLY_DELIVERED' and d.pending in (0, d.units))
    or (o.status in ('DELIVERED', 'COMPLETED') and d.pending > 0)
    or (o.status = 'COMPLETED' and not d.settled)
