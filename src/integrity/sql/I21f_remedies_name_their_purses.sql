-- What a claim's remedy is said to have been paid from is what the journal took: of each tenant and purse, and of the
-- protection fund at whosever expense.
with entry as (
  select network_id, claim_id, 'refund:' || refund_id as key from refund where claim_id is not null
  union all
  select network_id, claim_id, 'claim:' || claim_id || ':compensate' from claim where remedy = 'COMPENSATE'
  union all
  select network_id, claim_id, 'claim:' || claim_id || ':replace' from claim where remedy = 'REPLACE'),
booked as (
  select e.network_id, e.claim_id, a.kind,
         case when a.kind = 'BUYER_PROTECTION_FUND' then '' else a.owner_id::text end as owner, sum(-p.amount) as amount
    from entry e
    join journal_entry j on j.network_id = e.network_id and j.key = e.key
    join posting p on p.network_id = j.network_id and p.entry_id = j.entry_id
    join account a on a.network_id = p.network_id and a.account_id = p.account_id
   where a.kind <> 'BUYER_WALLET'
   group by e.network_id, e.claim_id, a.kind, owner
  having sum(-p.amount) > 0),
said as (
  select network_id, claim_id,
         case purse when 'DEPOSIT' then 'SUPPLIER_DEPOSIT' when 'WALLET' then 'TENANT_WALLET'
                    when 'FUND' then 'BUYER_PROTECTION_FUND' else 'TENANT_HELD' end as kind,
         case when purse = 'FUND' then '' else tenant_id::text end as owner, sum(amount) as amount
    from remedy_payment group by network_id, claim_id, kind, owner)
select coalesce(b.network_id, s.network_id) as network_id, 'claim ' || coalesce(b.claim_id, s.claim_id) as subject,
       coalesce(b.kind, s.kind) || ' of ' || coalesce(b.owner, s.owner) || ' paid ' || coalesce(b.amount, 0)
         || ', and is said to have paid ' || coalesce(s.amount, 0) as detail
  from booked b
  full join said s on s.network_id = b.network_id and s.claim_id = b.claim_id and s.kind = b.kind and s.owner = b.owner
 where b.amount is distinct from s.amount
