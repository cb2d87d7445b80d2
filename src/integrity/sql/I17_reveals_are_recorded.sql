-- What was revealed says when, has a record of that time, and was revealed to its buyer alone.
with seen as (
  select network_id, delivery_id, min(revealed_at) as first from reveal group by network_id, delivery_id)
select d.network_id, 'delivery ' || d.delivery_id as subject,
       'revealed ' || coalesce(d.revealed_at::text, 'never') || ', first record ' || coalesce(s.first::text, 'none')
         as detail
  from delivery d
  left join seen s on s.network_id = d.network_id and s.delivery_id = d.delivery_id
 where d.revealed_at is distinct from s.first
union all
select r.network_id, 'delivery ' || r.delivery_id,
       'was revealed to ' || r.actor_id || case when d.status = 'PENDING' then ' before it was delivered' else '' end
  from reveal r
  join delivery d on d.network_id = r.network_id and d.delivery_id = r.delivery_id
  join orders o on o.network_id = d.network_id and o.order_id = d.order_id
 where r.actor_id <> o.buyer_id or d.status = 'PENDING'
