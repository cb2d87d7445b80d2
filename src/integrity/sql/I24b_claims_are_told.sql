-- Everyone with a price on a claim's line has one event of each of its versions, and of no claim that is not
-- there.
with counted as (
  select network_id, tenant_id, subject_id, count(*) filter (where type = 'WARRANTY_CLAIM_OPENED') as opened,
         count(*) filter (where type = 'WARRANTY_CLAIM_CHANGED') as changed
    from told where type in ('WARRANTY_CLAIM_OPENED', 'WARRANTY_CLAIM_CHANGED')
   group by network_id, tenant_id, subject_id),
due as (
  select c.network_id, t.tenant_id, 'clm_' || replace(c.claim_id::text, '-', '') as subject_id, c.version - 1 as changed
    from claim c
    join order_tier t on t.network_id = c.network_id and t.order_id = c.order_id and t.line_no = c.line_no)
select coalesce(d.network_id, c.network_id) as network_id, coalesce(d.subject_id, c.subject_id) as subject,
       'tenant ' || coalesce(d.tenant_id, c.tenant_id) || ' was told ' || coalesce(c.opened, 0) || ' opening and '
         || coalesce(c.changed, 0) || ' of ' || coalesce(d.changed, 0) || ' changes' as detail
  from due d
  full join counted c on c.network_id = d.network_id and c.tenant_id = d.tenant_id and c.subject_id = d.subject_id
 where d.subject_id is null or c.opened is distinct from 1 or c.changed is distinct from d.changed
