-- Every entry books a fact that is there, once: an order, a refund, a release, a step of a claim, or a
-- movement that somebody asked for.
with entry as (
  select network_id, key, split_part(key, ':', 1) as kind, split_part(key, ':', 2) as id,
         split_part(key, ':', 3) as part
    from journal_entry),
asked as (
  select network_id, tenant_id || ':' || actor_id || ':' || key as id,
         case operation when 'walletCredit' then 'credit' when 'walletTransfer' then 'transfer'
              when 'supplierDepositAdd' then 'deposit' when 'supplierDepositTake' then 'deposit-back'
              when 'buyerProtectionFundAdd' then 'fund' else 'fund-back' end as kind
    from idempotency where operation in ('walletCredit', 'walletTransfer', 'supplierDepositAdd', 'supplierDepositTake',
                       'buyerProtectionFundAdd', 'buyerProtectionFundTake'))
select e.network_id, 'entry ' || e.key as subject, 'books nothing that is there' as detail
  from entry e
  left join orders o on e.kind = 'order' and o.network_id = e.network_id and o.order_id::text = e.id
  left join refund r on e.kind = 'refund' and r.network_id = e.network_id and r.refund_id::text = e.id
  left join delivery d on e.kind = 'release' and d.network_id = e.network_id and d.delivery_id::text = e.id
  left join claim c on e.kind = 'claim' and e.part in ('hold', 'replace', 'compensate')
       and c.network_id = e.network_id and c.claim_id::text = e.id
  left join asked a on e.kind = a.kind and a.network_id = e.network_id and e.key = a.kind || ':' || a.id
 where coalesce(o.order_id, r.refund_id, d.delivery_id, c.claim_id) is null and a.id is null
