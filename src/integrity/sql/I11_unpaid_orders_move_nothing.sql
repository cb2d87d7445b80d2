-- An order that was never paid has no sale in the books, and no unit that was handed over.
select o.network_id, 'order ' || o.order_id as subject, 'is ' || o.status || ' and has a sale' as detail
  from orders o
  join journal_entry e on e.network_id = o.network_id and e.key = 'order:' || o.order_id
 where o.status in ('AWAITING_PAYMENT', 'ON_HOLD', 'CANCELED', 'EXPIRED')
union all
select o.network_id, 'order ' || o.order_id, 'is ' || o.status || ' and delivery ' || d.delivery_id || ' ' || d.status
  from orders o
  join delivery d on d.network_id = o.network_id and d.order_id = o.order_id
 where o.status in ('AWAITING_PAYMENT', 'ON_HOLD', 'CANCELED', 'EXPIRED') and d.status <> 'PENDING'
