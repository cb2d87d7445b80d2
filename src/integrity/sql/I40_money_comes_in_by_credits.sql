-- The clearing account is moved by credits alone, each of which takes from it what it gives to one wallet.
select p.network_id, 'entry ' || e.key as subject, 'moves the clearing account by ' || p.amount as detail
  from posting p
  join account a on a.network_id = p.network_id and a.account_id = p.account_id
  join journal_entry e on e.network_id = p.network_id and e.entry_id = p.entry_id
 where a.kind = 'GATEWAY_CLEARING' and (e.key not like 'credit:%' or p.amount > 0)
