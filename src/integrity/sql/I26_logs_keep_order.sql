-- In every log the first news of an order or a claim is of its beginning, and the last says where it stands.
with news as materialized (
  select network_id, tenant_id, subject_id, (array_agg(type order by seq))[1] as first,
         (array_agg(coalesce(claim_status, order_status) order by seq desc))[1] as last
    from event_log
   where type in ('ORDER_PLACED', 'ORDER_STATUS_CHANGED', 'WARRANTY_CLAIM_OPENED', 'WARRANTY_CLAIM_CHANGED')
   group by network_id, tenant_id, subject_id),
thing as materialized (
  select network_id, 'ord_' || replace(order_id::text, '-', '') as subject_id, status from orders
  union all
  select network_id, 'clm_' || replace(claim_id::text, '-', ''), status from claim),
waiting as (
  select distinct o.network_id, f.subject_id
    from outbox o cross join lateral jsonb_to_recordset(o.facts) as f (subject_id text))
select n.network_id, n.subject_id as subject,
       'for tenant ' || n.tenant_id || ' it begins with ' || n.first || ' and ends ' || coalesce(n.last, 'nowhere')
         || '; it is ' || t.status as detail
  from news n
  join thing t on t.network_id = n.network_id and t.subject_id = n.subject_id
  left join waiting w on w.network_id = n.network_id and w.subject_id = n.subject_id
 where w.subject_id is null
   and (n.first not in ('ORDER_PLACED', 'WARRANTY_CLAIM_OPENED') or n.last is distinct from t.status)
