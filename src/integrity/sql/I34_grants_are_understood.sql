-- Every grant in force names a role that the program knows, or one of a tenant's own whose actions it knows, held
-- by somebody who is there; and each network counts its policy's versions.
select g.network_id, 'grant ' || g.grant_id as subject, 'of the unknown role ' || g.builtin as detail
  from role_grant g
 where g.revoked_at is null and g.builtin <> all (string_to_array(current_setting('check.roles'), ','))
union all
select g.network_id, 'grant ' || g.grant_id, 'of another tenant''s role'
  from role_grant g
  join role r on r.network_id = g.network_id and r.role_id = g.role_id
 where g.revoked_at is null and r.tenant_id <> g.tenant_id
union all
select g.network_id, 'grant ' || g.grant_id, 'to nobody of its tenant'
  from role_grant g
  left join app_user u on u.network_id = g.network_id and u.user_id = g.principal_id and u.kind = 'STAFF'
  left join api_key k on k.network_id = g.network_id and k.api_key_id = g.principal_id
 where g.revoked_at is null and coalesce(u.tenant_id, k.tenant_id) is null
union all
select r.network_id, 'role ' || r.role_id, 'allows the unknown action ' || a.action
  from role r cross join lateral unnest(r.actions) as a (action)
 where a.action <> all (string_to_array(current_setting('check.actions'), ','))
union all
select n.network_id, 'policy', 'has no version'
  from network n left join policy_version v on v.network_id = n.network_id
 where v.version is null
