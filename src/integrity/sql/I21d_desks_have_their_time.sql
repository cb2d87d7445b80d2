-- A claim that somebody has to act on says by when, and by when it has to be decided; one that nobody has to act on
-- says neither, and is in nobody's hands. The buyer's time stands for what was left of the desk's.
select network_id, 'claim ' || claim_id as subject,
       status || ' at ' || coalesce(desk, 'no desk') || ': due ' || coalesce(due_at::text, 'never') || ', decided by '
         || coalesce(decide_by::text, 'never') || ', ' || coalesce(paused_left::text, 'nothing') || ' left' as detail
  from claim
 where not case
   when status in ('SUBMITTED', 'APPEALED') then
     desk in ('SITE', 'SUPPLIER', 'OPERATOR') and due_at is not null and decide_by is not null and paused_left is null
   when status = 'INFO_REQUESTED' then
     desk = 'BUYER' and asking_desk is not null and due_at is not null and decide_by is null and paused_left is not null
   when status = 'APPROVED' then false
   else desk is null and due_at is null and decide_by is null and paused_left is null and assignee_id is null end
union all
select s.network_id, 'claim ' || s.claim_id, 'step ' || s.step_no || ' was late at ' || s.late_desk || ' and somebody took it'
  from claim_step s
 where s.late_desk is not null and s.actor_id is not null
