-- A line's chain leads from its supplier, who pays nothing, to its site, whose price is the line's; what one
-- tier asks is what the next one pays, and nobody sells below cost.
with tier as (
  select t.*, row_number() over chain - 1 as place, lag(t.price) over chain as above,
         lag(t.unit_price) over chain as unit_above
    from order_tier t
  window chain as (partition by t.network_id, t.order_id, t.line_no order by t.position)),
ends as (
  select network_id, order_id, line_no,
         (array_agg(tenant_id order by position))[1] as first,
         (array_agg(tenant_id order by position desc))[1] as last,
         (array_agg(price order by position desc))[1] as price,
         (array_agg(unit_price order by position desc))[1] as unit_price
    from order_tier group by network_id, order_id, line_no)
select network_id, 'order ' || order_id || ' line ' || line_no as subject,
       'tier ' || position || ' pays ' || cost || ' and asks ' || price || '; above it ' || coalesce(above, 0) as detail
  from tier
 where position <> place or cost <> coalesce(above, 0) or unit_cost <> coalesce(unit_above, 0)
    or profit <> price - cost or unit_price < unit_cost or price < cost
union all
select l.network_id, 'order ' || l.order_id || ' line ' || l.line_no,
       'its chain does not lead from its supplier to its site and its price'
  from order_line l
  join orders o on o.network_id = l.network_id and o.order_id = l.order_id
  left join ends e on e.network_id = l.network_id and e.order_id = l.order_id and e.line_no = l.line_no
 where e.price is distinct from l.total or e.unit_price is distinct from l.unit_price
    or e.first is distinct from l.supplier_id or e.last is distinct from o.site_id
