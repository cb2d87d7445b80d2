-- A tenant's lineage is its parent's and itself, each network has one operator, and every handle leads to its
-- tenant.
select t.network_id, 'tenant ' || t.tenant_id as subject, 'its lineage is not its parent''s and itself' as detail
  from tenant t
  left join tenant p on p.network_id = t.network_id and p.tenant_id = t.parent_id
 where t.lineage is distinct from coalesce(p.lineage, '{}') || t.tenant_id or t.depth <> cardinality(t.lineage) - 1
    or (p.kind = 'SUPPLIER') or (t.kind = 'SUPPLIER' and p.kind <> 'OPERATOR')
union all
select n.network_id, 'network', 'has ' || count(t.tenant_id) || ' operators'
  from network n
  left join tenant t on t.network_id = n.network_id and t.kind = 'OPERATOR'
 group by n.network_id having count(t.tenant_id) <> 1
union all
select t.network_id, 'tenant ' || t.tenant_id, 'its handle ' || t.handle || ' does not lead to it'
  from tenant t
  left join directory d on d.handle = t.handle and d.network_id = t.network_id and d.tenant_id = t.tenant_id
 where d.handle is null
union all
select t.network_id, 'tenant ' || t.tenant_id, 'has no ' || wanted.kind || ' account'
  from tenant t
  cross join (values ('TENANT_WALLET'), ('TENANT_HELD')) wanted (kind)
  left join account a on a.network_id = t.network_id and a.owner_id = t.tenant_id and a.kind = wanted.kind
 where a.account_id is null
