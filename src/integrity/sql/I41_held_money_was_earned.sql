-- What a tenant's held account holds, folded or not, is what is held of its earnings, less what it owes.
with unfolded as (
  select p.network_id, p.account_id, sum(p.amount) as sum
    from posting p
    join account a on a.network_id = p.network_id and a.account_id = p.account_id and a.kind = 'TENANT_HELD'
    join ledger_fold f on f.network_id = p.network_id
   where p.xid >= f.below
   group by p.network_id, p.account_id),
held as (select network_id, tenant_id, sum(held) as sum from earning group by network_id, tenant_id)
select a.network_id, 'tenant ' || a.owner_id as subject,
       'its account holds ' || a.balance + coalesce(u.sum, 0) || ', its earnings ' || coalesce(h.sum, 0) || ', it owes '
         || coalesce(d.amount, 0) as detail
  from account a
  left join unfolded u on u.network_id = a.network_id and u.account_id = a.account_id
  left join held h on h.network_id = a.network_id and h.tenant_id = a.owner_id
  left join held_debt d on d.network_id = a.network_id and d.tenant_id = a.owner_id
 where a.kind = 'TENANT_HELD' and a.balance + coalesce(u.sum, 0) <> coalesce(h.sum, 0) - coalesce(d.amount, 0)
