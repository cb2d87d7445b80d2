-- A card, and what is on it, is handed over once, ever; of a unit's deliveries one is not replaced, and the others
-- lead to it one by one.
select network_id, 'card ' || card_id as subject, 'is in ' || count(*) || ' deliveries' as detail
  from delivery where card_id is not null
 group by network_id, card_id having count(*) > 1
union all
select network_id, 'cards ' || string_agg(card_id::text, ' ' order by card_id), 'are the same'
  from card where state in ('SOLD', 'REPLACED', 'RETURNED') and fingerprint is not null
 group by network_id, fingerprint having count(*) > 1
union all
select network_id, 'order ' || order_id || ' line ' || line_no || ' unit ' || unit_no,
       count(*) filter (where replaces_id is null) || ' first and '
         || count(*) filter (where replaced_by_id is null) || ' last deliveries'
  from delivery
 group by network_id, order_id, line_no, unit_no
having count(*) filter (where replaces_id is null) <> 1 or count(*) filter (where replaced_by_id is null) <> 1
union all
select d.network_id, 'delivery ' || d.delivery_id, d.status || ', and what replaces it does not say so'
  from delivery d
  left join delivery n on n.network_id = d.network_id and n.delivery_id = d.replaced_by_id
 where (d.status = 'REPLACED') <> (d.replaced_by_id is not null)
    or (d.replaced_by_id is not null
        and (n.replaces_id, n.order_id, n.line_no, n.unit_no)
            is distinct from (d.delivery_id, d.order_id, d.line_no, d.unit_no))
