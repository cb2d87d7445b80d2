-- A resolved claim had exactly the remedy that it names, and any other none: a refund of that amount, another
-- card, or a compensation of that amount.
with refunded as (
  select network_id, claim_id, count(*) as count, sum(amount) as amount from refund
   where claim_id is not null group by network_id, claim_id),
compensated as (
  select e.network_id, split_part(e.key, ':', 2) as claim_id, a.owner_id, sum(p.amount) as amount
    from journal_entry e
    join posting p on p.network_id = e.network_id and p.entry_id = e.entry_id
    join account a on a.network_id = p.network_id and a.account_id = p.account_id
   where e.key like 'claim:%:compensate' and a.kind = 'BUYER_WALLET'
   group by e.network_id, e.key, a.owner_id),
given as (
  select c.network_id, c.claim_id, c.status, c.remedy, c.remedy_amount, c.replacement_id,
         coalesce(r.count, 0) as refunds, r.amount as refunded, k.amount as compensated,
         n.delivery_id is not null as replaced
    from claim c
    left join refunded r on r.network_id = c.network_id and r.claim_id = c.claim_id
    left join compensated k on k.network_id = c.network_id and k.claim_id = c.claim_id::text
         and k.owner_id = c.buyer_id
    left join delivery n on n.network_id = c.network_id and n.delivery_id = c.replacement_id
         and n.replaces_id = c.delivery_id)
select network_id, 'claim ' || claim_id as subject,
       status || coalesce(' with ' || remedy, '') || coalesce(' of ' || remedy_amount, '') || ': refunds '
         || coalesce(refunded, 0) || ', compensation ' || coalesce(compensated, 0) || ', '
         || case when replaced then 'replaced' else 'not replaced' end as detail
  from given
 where not case
   when status <> 'RESOLVED' then
     remedy is null and refunds = 0 and compensated is null and replacement_id is null
   when remedy in ('REFUND', 'PRORATA_REFUND') then
     refunds = 1 and refunded = remedy_amount and compensated is null and replacement_id is null
   when remedy = 'COMPENSATE' then
     refunds = 0 and compensated is not null and compensated = remedy_amount and replacement_id is null
   when remedy = 'REPLACE' then
     refunds = 0 and compensated is null and replaced
   else false end
union all
select d.network_id, 'delivery ' || d.delivery_id, 'replaces another, and no claim says so'
  from delivery d
  left join claim c on c.network_id = d.network_id and c.replacement_id = d.delivery_id
 where d.replaces_id is not null and c.claim_id is null
