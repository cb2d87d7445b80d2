-- A used key names what it did, and every order was placed under exactly one.
with used as (
  select network_id, result_id, count(*) as keys from idempotency
   where operation = 'orderPlace' group by network_id, result_id)
select o.network_id, 'order ' || o.order_id as subject, 'was placed under ' || coalesce(u.keys, 0) || ' keys' as detail
  from orders o
  left join used u on u.network_id = o.network_id and u.result_id = o.order_id
 where u.keys is distinct from 1
union all
select i.network_id, i.operation || ' ' || i.key, 'names ' || i.result_id || ', which is not there'
  from idempotency i
  left join orders o on i.operation = 'orderPlace' and o.network_id = i.network_id and o.order_id = i.result_id
       and o.site_id = i.tenant_id and o.buyer_id = i.actor_id
  left join claim c on i.operation = 'warrantyClaimOpen' and c.network_id = i.network_id and c.claim_id = i.result_id
  left join card_import m on i.operation = 'cardsImport' and m.network_id = i.network_id and m.import_id = i.result_id
  left join account a on i.operation in ('walletCredit', 'walletTransfer', 'supplierDepositAdd', 'supplierDepositTake',
                       'buyerProtectionFundAdd', 'buyerProtectionFundTake') and a.network_id = i.network_id
       and a.account_id = i.result_id
 where i.operation in ('orderPlace', 'warrantyClaimOpen', 'cardsImport', 'walletCredit', 'walletTransfer',
                       'supplierDepositAdd', 'supplierDepositTake',
                       'buyerProtectionFundAdd', 'buyerProtectionFundTake')
   and coalesce(o.order_id, c.claim_id, m.import_id, a.account_id) is null
union all
select i.network_id, i.operation || ' ' || i.key, 'moved nothing'
  from idempotency i
  left join journal_entry e on e.network_id = i.network_id
       and e.key = case i.operation when 'walletCredit' then 'credit' when 'walletTransfer' then 'transfer'
              when 'supplierDepositAdd' then 'deposit' when 'supplierDepositTake' then 'deposit-back'
              when 'buyerProtectionFundAdd' then 'fund' else 'fund-back' end || ':' || i.tenant_id || ':'
                   || i.actor_id || ':' || i.key
 where i.operation in ('walletCredit', 'walletTransfer', 'supplierDepositAdd', 'supplierDepositTake',
                       'buyerProtectionFundAdd', 'buyerProtectionFundTake') and e.entry_id is null
