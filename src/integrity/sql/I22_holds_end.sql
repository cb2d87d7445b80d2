-- What was released is held no more, nobody holds and gives back more than was earned, and nothing is held long
-- after its time while a server is at work.
select e.network_id, 'delivery ' || e.delivery_id || ' tenant ' || e.tenant_id as subject,
       'earned ' || e.earned || ', holds ' || e.held || ', gave back ' || e.given_back
         || case when d.released_at is null then '' else ', released' end as detail
  from earning e
  join delivery d on d.network_id = e.network_id and d.delivery_id = e.delivery_id
 where (d.released_at is not null and e.held > 0) or e.held + e.given_back > e.earned or e.held < 0
union all
select d.network_id, 'delivery ' || d.delivery_id, 'was to be released at ' || d.release_at
  from delivery d
 where d.released_at is null and d.release_at < now() - interval '5 minutes'
   and d.status not in ('PENDING', 'UNDER_CLAIM') and current_setting('check.served')::float8 > 300
   and not exists (select from delivery s
                    where s.network_id = d.network_id and s.order_id = d.order_id and s.line_no = d.line_no
                      and s.unit_no = d.unit_no and s.status = 'UNDER_CLAIM')
