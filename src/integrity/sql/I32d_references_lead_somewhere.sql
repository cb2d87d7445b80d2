-- What `refer` lets in by the statement is there: 0001_foundation.sql.
select a.network_id, 'posting ' || a.entry_id || ' ' || a.position as subject, 'has no entry' as detail
  from posting a left join journal_entry p on p.network_id = a.network_id and p.entry_id = a.entry_id
 where p.entry_id is null
union all
select a.network_id, 'posting ' || a.entry_id || ' ' || a.position, 'has no account'
  from posting a left join account p on p.network_id = a.network_id and p.account_id = a.account_id
 where p.account_id is null
union all
select a.network_id, 'order ' || a.order_id, 'is at no tenant'
  from orders a left join tenant p on p.network_id = a.network_id and p.tenant_id = a.site_id
 where p.tenant_id is null
union all
select a.network_id, 'order ' || a.order_id, 'is nobody''s'
  from orders a left join app_user p on p.network_id = a.network_id and p.user_id = a.buyer_id
 where p.user_id is null
union all
select a.network_id, 'order ' || a.order_id, 'has a coupon that is not there'
  from orders a left join coupon p on p.network_id = a.network_id and p.coupon_id = a.coupon_id
 where a.coupon_id is not null and p.coupon_id is null
union all
select a.network_id, 'line ' || a.line_id, 'has no order'
  from order_line a left join orders p on p.network_id = a.network_id and p.order_id = a.order_id
 where p.order_id is null
union all
select a.network_id, 'line ' || a.line_id, 'sells nothing that there is'
  from order_line a left join variant p on p.network_id = a.network_id and p.variant_id = a.variant_id
 where p.variant_id is null
union all
select a.network_id, 'tier ' || a.order_id || ' ' || a.line_no || ' ' || a.position, 'has no line'
  from order_tier a
  left join order_line p on p.network_id = a.network_id and p.order_id = a.order_id and p.line_no = a.line_no
 where p.order_id is null
union all
select a.network_id, 'delivery ' || a.delivery_id, 'has no line'
  from delivery a
  left join order_line p on p.network_id = a.network_id and p.order_id = a.order_id and p.line_no = a.line_no
 where p.order_id is null
union all
select a.network_id, 'delivery ' || a.delivery_id, 'has no card that there is'
  from delivery a left join card p on p.network_id = a.network_id and p.card_id = a.card_id
 where a.card_id is not null and p.card_id is null
union all
select a.network_id, 'earning ' || a.delivery_id, 'has no delivery'
  from earning a left join delivery p on p.network_id = a.network_id and p.delivery_id = a.delivery_id
 where p.delivery_id is null
union all
select a.network_id, 'reminder ' || a.delivery_id, 'has no delivery'
  from reminder a left join delivery p on p.network_id = a.network_id and p.delivery_id = a.delivery_id
 where p.delivery_id is null
