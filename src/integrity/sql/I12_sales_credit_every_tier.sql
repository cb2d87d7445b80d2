-- A sale credits each tier's held account with its profit on the order, the supplier with its price, and nobody
-- else.
with due as (
  select t.network_id, t.order_id::text as order_id, t.tenant_id, sum(t.profit) as amount
    from order_tier t
    join orders o on o.network_id = t.network_id and o.order_id = t.order_id
   where o.status not in ('AWAITING_PAYMENT', 'ON_HOLD', 'CANCELED', 'EXPIRED')
   group by t.network_id, t.order_id, t.tenant_id
  having sum(t.profit) <> 0),
credited as (
  select e.network_id, split_part(e.key, ':', 2) as order_id, a.owner_id as tenant_id, sum(p.amount) as amount
    from journal_entry e
    join posting p on p.network_id = e.network_id and p.entry_id = e.entry_id
    join account a on a.network_id = p.network_id and a.account_id = p.account_id
   where e.key like 'order:%' and a.kind <> 'BUYER_WALLET'
     and exists (select from orders o where o.network_id = e.network_id and e.key = 'order:' || o.order_id
                    and o.status not in ('AWAITING_PAYMENT', 'ON_HOLD', 'CANCELED', 'EXPIRED'))
   group by e.network_id, e.key, a.owner_id)
select coalesce(d.network_id, c.network_id) as network_id,
       'order ' || coalesce(d.order_id, c.order_id) as subject,
       'tenant ' || coalesce(d.tenant_id, c.tenant_id) || ' earned ' || coalesce(d.amount, 0) || ' and was credited '
         || coalesce(c.amount, 0) as detail
  from due d
  full join credited c on c.network_id = d.network_id and c.order_id = d.order_id and c.tenant_id = d.tenant_id
 where d.amount is distinct from c.amount
