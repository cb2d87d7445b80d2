-- Each leaf says itself which item's it is and which step, and leads to that item's step before it; nothing is sold
-- twice. Read by patterns, because data that was altered may not even be JSON; I28 says so then.
with said as (
  select network_id, leaf_index, item, step_no,
         substring(data from '^\{"v":1,"item":"([^"]*)"') as its_item, substring(data from '"n":([0-9]+),') as its_no,
         substring(data from '"step":"([A-Z]+)"') as its_step, substring(data from '"previous":"([^"]*)"') as its_previous,
         lag(leaf_index) over own as before_index, lag(step_no) over own as before_no, lag(data) over own as before
    from provenance_leaf
  window own as (partition by network_id, item order by step_no)),
wrong as (
  select network_id, leaf_index,
         case when its_item is distinct from encode(item, 'base64') or its_no is distinct from step_no::text then 'says another item or step than its row'
              when step_no is distinct from coalesce(before_no, 0) + 1 then 'is step ' || step_no || ', and the one before is missing'
              when before_index > leaf_index then 'comes before the step that it follows'
              when its_previous is distinct from
                   encode(sha256('\x00'::bytea || convert_to(before, 'UTF8')), 'base64')
                then 'does not lead to the step before it' end as detail
    from said),
sold as (
  select network_id, leaf_index, row_number() over (partition by network_id, item order by step_no) as time
    from said where its_step = 'SOLD')
select network_id, 'leaf ' || leaf_index as subject, detail
  from (select network_id, leaf_index, detail from wrong where detail is not null
        union all
        select network_id, leaf_index, 'sells what was sold before' from sold where time > 1) found
 order by leaf_index
