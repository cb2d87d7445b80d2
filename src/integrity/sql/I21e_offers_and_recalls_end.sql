-- An offer is open only while its claim can be decided, and was accepted only where the claim was granted by it; what
-- was read was said about that claim; a unit that a recall made good has a claim that was granted, and a recall that is
-- done has seen to every unit.
select o.network_id, 'offer ' || o.offer_id as subject, 'is ' || o.status || ' on a claim that is ' || c.status as detail
  from claim_offer o join claim c on c.network_id = o.network_id and c.claim_id = o.claim_id
 where (o.status = 'OPEN' and c.status not in ('SUBMITTED', 'INFO_REQUESTED', 'APPEALED'))
    or (o.status = 'ACCEPTED' and (c.status <> 'RESOLVED' or c.remedy is distinct from o.remedy))
union all
select r.network_id, 'claim ' || r.claim_id, r.party || ' has read what was not said about it'
  from claim_read r
  left join claim_message m on m.network_id = r.network_id and m.message_id = r.message_id and m.claim_id = r.claim_id
 where m.message_id is null
union all
select u.network_id, 'recall ' || u.recall_id, 'unit ' || u.delivery_id || ' is ' || u.status || ' without a claim that says so'
  from recall_unit u
  left join claim c on c.network_id = u.network_id and c.claim_id = u.claim_id and c.delivery_id = u.delivery_id
       and c.status = 'RESOLVED' and c.recall_id = u.recall_id
       and c.remedy = case u.status when 'REPLACED' then 'REPLACE' else 'REFUND' end
 where u.status in ('REPLACED', 'REFUNDED') and c.claim_id is null
union all
select r.network_id, 'recall ' || r.recall_id, 'is done, and units of it wait'
  from recall r
 where r.status = 'DONE' and exists (select from recall_unit u
                                      where u.network_id = r.network_id and u.recall_id = r.recall_id and u.status = 'WAITING')
