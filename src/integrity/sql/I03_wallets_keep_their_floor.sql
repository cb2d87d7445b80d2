-- A wallet, deposit or fund is never below zero; which kinds those are is not for a row to choose.
select network_id, kind || ' ' || account_id as subject, 'stands at ' || balance as detail
  from account
 where constrained and balance < 0
union all
select network_id, kind || ' ' || account_id, 'is' || case when constrained then '' else ' not' end || ' constrained'
  from account
 where constrained <> (kind in ('BUYER_WALLET', 'TENANT_WALLET', 'SUPPLIER_DEPOSIT', 'BUYER_PROTECTION_FUND'))
