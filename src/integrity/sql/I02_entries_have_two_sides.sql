-- An entry has two postings or more, none of them of nothing; a posting has its entry.
select e.network_id, 'entry ' || e.key as subject, 'has ' || coalesce(p.count, 0) || ' posting(s)' as detail
  from journal_entry e
  left join (select network_id, entry_id, count(*) as count from posting group by network_id, entry_id) p
    on p.network_id = e.network_id and p.entry_id = e.entry_id
 where coalesce(p.count, 0) < 2
union all
select p.network_id, 'posting ' || p.entry_id || '/' || p.position,
       case when e.entry_id is null then 'has no entry' else 'moves nothing' end
  from posting p
  left join journal_entry e on e.network_id = p.network_id and e.entry_id = p.entry_id
 where e.entry_id is null or p.amount = 0
