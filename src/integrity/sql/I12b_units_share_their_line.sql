-- What is divided over units sums to its line: what the buyer paid, and what each tier earned.
with original as (
  select network_id, order_id, line_no, delivery_id, paid from delivery where replaces_id is null),
line as (
  select network_id, order_id, line_no, count(*) as units, sum(paid) as paid
    from original group by network_id, order_id, line_no),
unit as (
  select d.network_id, d.delivery_id, d.paid, coalesce(sum(e.earned), 0) as earned
    from original d
    left join earning e on e.network_id = d.network_id and e.delivery_id = d.delivery_id
   group by d.network_id, d.delivery_id, d.paid),
tier as (
  select d.network_id, d.order_id, d.line_no, e.tenant_id, e.position, sum(e.earned) as earned
    from original d
    join earning e on e.network_id = d.network_id and e.delivery_id = d.delivery_id
   group by d.network_id, d.order_id, d.line_no, e.tenant_id, e.position)
select l.network_id, 'order ' || l.order_id || ' line ' || l.line_no as subject,
       l.quantity || ' for ' || l.total || ' in ' || coalesce(u.units, 0) || ' unit(s) of ' || coalesce(u.paid, 0)
         as detail
  from order_line l
  left join line u on u.network_id = l.network_id and u.order_id = l.order_id and u.line_no = l.line_no
 where u.units is distinct from l.quantity or u.paid is distinct from l.total
union all
select network_id, 'delivery ' || delivery_id, 'paid ' || paid || ', earned ' || earned from unit where paid <> earned
union all
select coalesce(t.network_id, e.network_id),
       'order ' || coalesce(t.order_id, e.order_id) || ' line ' || coalesce(t.line_no, e.line_no),
       'tenant ' || coalesce(t.tenant_id, e.tenant_id) || ' earns ' || coalesce(t.profit, 0) || ', its units '
         || coalesce(e.earned, 0)
  from order_tier t
  full join tier e on e.network_id = t.network_id and e.order_id = t.order_id and e.line_no = t.line_no
       and e.tenant_id = t.tenant_id and e.position = t.position
 where t.profit is distinct from e.earned
