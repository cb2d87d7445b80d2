-- A disabled user has no live session.
select u.network_id, 'user ' || u.user_id as subject, 'is disabled and has ' || count(*) || ' live session(s)' as detail
  from app_user u
  join session s on s.network_id = u.network_id and s.user_id = u.user_id
 where u.status = 'DISABLED' and s.revoked_at is null and s.expires_at > now()
 group by u.network_id, u.user_id
