-- A claim's files are numbered from 1 to at most 20, each the one that its upload brought, by its sender, kept for
-- good; and nobody had more made in a day than the bounds allow.
with numbered as (
  select e.network_id, e.evidence_id, e.place, row_number() over (partition by e.network_id, e.claim_id
           order by e.place) as n
    from evidence e)
select network_id, 'evidence ' || evidence_id as subject, 'has place ' || place || ' and is number ' || n as detail
  from numbered where place <> n or n > 20
union all
select e.network_id, 'evidence ' || e.evidence_id, 'is not what its upload brought'
  from evidence e
  left join upload u on u.network_id = e.network_id and u.upload_id = e.upload_id
  left join claim c on c.network_id = e.network_id and c.claim_id = e.claim_id
 where u.state is distinct from 'ATTACHED' or u.claim_id is distinct from e.claim_id
    or u.delivery_id is distinct from c.delivery_id
    or (u.owner_id, u.sha256, u.kept_size, u.media_type, u.original_sha256)
       is distinct from (e.uploader_id, e.sha256, e.byte_size, e.media_type, e.original_sha256)
union all
select u.network_id, 'upload ' || u.upload_id, 'was submitted, and no claim has it'
  from upload u
  left join evidence e on e.network_id = u.network_id and e.upload_id = u.upload_id
 where u.state = 'ATTACHED' and e.evidence_id is null
union all
select e.network_id, 'evidence ' || e.evidence_id, 'its content may be thrown away, or has another length'
  from evidence e
  left join blob b on b.network_id = e.network_id and b.sha256 = e.sha256
 where b.sweep_at is not null or b.byte_size is distinct from e.byte_size
union all
select q.network_id, 'person ' || q.owner_id, q.files || ' files of ' || q.bytes || ' bytes for ' || q.purpose || ' on ' || q.day
  from file_quota q
 where q.files > case q.purpose when 'EVIDENCE' then 60 else 10 end or q.bytes > 209715200
