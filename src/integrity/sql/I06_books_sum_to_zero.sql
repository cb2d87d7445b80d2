-- What every account holds, folded or not, sums to zero over the network.
with unfolded as (
  select p.network_id, p.account_id, sum(p.amount) as sum
    from posting p
    join account a on a.network_id = p.network_id and a.account_id = p.account_id and not a.constrained
    join ledger_fold f on f.network_id = p.network_id
   where p.xid >= f.below
   group by p.network_id, p.account_id)
select a.network_id, 'books' as subject, 'sum to ' || sum(a.balance + coalesce(u.sum, 0)) as detail
  from account a
  left join unfolded u on u.network_id = a.network_id and u.account_id = a.account_id
 group by a.network_id
having sum(a.balance + coalesce(u.sum, 0)) <> 0
