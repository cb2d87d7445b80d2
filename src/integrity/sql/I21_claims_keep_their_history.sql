-- A claim's steps are numbered from 1 to its version, lead from one to the next and end where it stands; nothing
-- follows an end, and an appeal only a rejection.
with step as (
  select s.network_id, s.claim_id, s.step_no, s.from_status, s.to_status,
         row_number() over history as place, lag(s.to_status) over history as before
    from claim_step s
  window history as (partition by s.network_id, s.claim_id order by s.step_no)),
last as (
  select network_id, claim_id, max(step_no) as step_no, (array_agg(to_status order by step_no desc))[1] as to_status
    from claim_step group by network_id, claim_id)
select network_id, 'claim ' || claim_id as subject,
       'step ' || step_no || ' from ' || coalesce(from_status, 'nothing') || ' to ' || to_status || ' follows '
         || coalesce(before, 'nothing') as detail
  from step
 where step_no <> place or from_status is distinct from before
    or before in ('RESOLVED', 'CLOSED', 'WITHDRAWN')
    or (place = 1 and to_status <> 'SUBMITTED')
    or (to_status = 'APPEALED' and before not in ('REJECTED', 'APPEALED'))
union all
select c.network_id, 'claim ' || c.claim_id,
       c.status || ' at version ' || c.version || ', last step ' || coalesce(l.step_no || ' to ' || l.to_status, 'none')
  from claim c
  left join last l on l.network_id = c.network_id and l.claim_id = c.claim_id
 where l.step_no is distinct from c.version or l.to_status is distinct from c.status
