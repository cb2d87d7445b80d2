-- The postings of an entry sum to zero.
select network_id, 'entry ' || entry_id as subject, 'its postings sum to ' || sum(amount) as detail
  from posting
 group by network_id, entry_id
having sum(amount) <> 0
