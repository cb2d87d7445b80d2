-- The balance of an append-only account is the sum of its postings below the fold, which never runs ahead.
with folded as (
  select p.network_id, p.account_id, sum(p.amount) as sum
    from posting p join ledger_fold f on f.network_id = p.network_id
   where p.xid < f.below
   group by p.network_id, p.account_id)
select a.network_id, a.kind || ' ' || a.account_id as subject,
       'is folded to ' || a.balance || ', its postings to ' || coalesce(f.sum, 0) as detail
  from account a
  left join folded f on f.network_id = a.network_id and f.account_id = a.account_id
 where not a.constrained and a.balance <> coalesce(f.sum, 0)
union all
select n.network_id, 'fold', case when f.below is null then 'is missing' else 'is ahead of every transaction' end
  from network n left join ledger_fold f on f.network_id = n.network_id
 where f.below is null or f.below > pg_snapshot_xmax(pg_current_snapshot())
