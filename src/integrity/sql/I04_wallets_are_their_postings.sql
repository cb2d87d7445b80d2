-- The exact balance of a constrained account is the sum of its postings.
select a.network_id, a.kind || ' ' || a.account_id as subject,
       'stands at ' || a.balance || ', its postings at ' || coalesce(p.sum, 0) as detail
  from account a
  left join (select network_id, account_id, sum(amount) as sum from posting group by network_id, account_id) p
    on p.network_id = a.network_id and p.account_id = a.account_id
 where a.constrained and a.balance <> coalesce(p.sum, 0)
