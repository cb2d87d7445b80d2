-- What a row repeats of another for a shorter way is what the other says.
select l.network_id, 'order ' || l.order_id || ' line ' || l.line_no as subject,
       'is not of its variant''s product and supplier' as detail
  from order_line l
  join variant v on v.network_id = l.network_id and v.variant_id = l.variant_id
 where (l.product_id, l.supplier_id) <> (v.product_id, v.supplier_id)
union all
select v.network_id, 'variant ' || v.variant_id, 'is not of its product''s supplier'
  from variant v
  join product p on p.network_id = v.network_id and p.product_id = v.product_id
 where v.supplier_id <> p.supplier_id
union all
select s.network_id, 'variant ' || s.variant_id, 'its supply price is another supplier''s'
  from supply_price s
  join variant v on v.network_id = s.network_id and v.variant_id = s.variant_id
 where s.supplier_id <> v.supplier_id
union all
select r.network_id, 'refund ' || r.refund_id, 'is not of its delivery''s order'
  from refund r
  join delivery d on d.network_id = r.network_id and d.delivery_id = r.delivery_id
 where r.order_id <> d.order_id
union all
select o.network_id, 'order ' || o.order_id, 'its buyer is not its site''s'
  from orders o
  join app_user u on u.network_id = o.network_id and u.user_id = o.buyer_id
 where u.tenant_id <> o.site_id or u.kind <> 'BUYER'
union all
select c.network_id, 'card ' || c.card_id, 'is sealed with another supplier''s key'
  from card c
  join data_key k on k.network_id = c.network_id and k.key_id = c.key_id
 where k.tenant_id <> c.supplier_id
