-- An order that is paid or later was paid for by its buyer's wallet with exactly its total, which is the sum of
-- its lines.
with sale as (
  select e.network_id, split_part(e.key, ':', 2) as order_id, a.owner_id, sum(-p.amount) as paid
    from journal_entry e
    join posting p on p.network_id = e.network_id and p.entry_id = e.entry_id
    join account a on a.network_id = p.network_id and a.account_id = p.account_id
   where e.key like 'order:%' and a.kind = 'BUYER_WALLET'
   group by e.network_id, e.key, a.owner_id),
line as (select network_id, order_id, sum(total) as total from order_line group by network_id, order_id)
select o.network_id, 'order ' || o.order_id as subject,
       o.status || ' of ' || o.total || ': paid ' || coalesce(s.paid::text, 'nothing') || ', lines of '
         || coalesce(l.total::text, 'nothing') as detail
  from orders o
  left join sale s on s.network_id = o.network_id and s.order_id = o.order_id::text and s.owner_id = o.buyer_id
  left join line l on l.network_id = o.network_id and l.order_id = o.order_id
 where o.status not in ('AWAITING_PAYMENT', 'ON_HOLD', 'CANCELED', 'EXPIRED')
   and (s.paid is distinct from o.total or l.total is distinct from o.total)
