-- Every card that an import accepted is there in some state, and is of the import's supplier and variant.
with loaded as (select network_id, import_id, count(*) as cards from card group by network_id, import_id)
select i.network_id, 'import ' || i.import_id as subject,
       'accepted ' || i.accepted || ' of ' || i.processed || ', holds ' || coalesce(l.cards, 0) as detail
  from card_import i
  left join loaded l on l.network_id = i.network_id and l.import_id = i.import_id
 where coalesce(l.cards, 0) <> case when i.dry_run then 0 else i.accepted end
    or i.processed <> i.accepted + i.duplicates + i.rejected
    or (i.status = 'DONE' and i.total <> i.processed)
union all
select c.network_id, 'card ' || c.card_id, 'is not of its import''s supplier and variant'
  from card c
  join card_import i on i.network_id = c.network_id and i.import_id = c.import_id
 where (c.supplier_id, c.variant_id) <> (i.tenant_id, i.variant_id)
