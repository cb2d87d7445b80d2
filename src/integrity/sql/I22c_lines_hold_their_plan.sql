-- A line that was sold with a plan is as long as the plan and longer, offers its remedies, and its supplier earned it.
select l.network_id, 'order ' || l.order_id || ' line ' || l.line_no as subject,
       'was sold with ' || l.plan::text || ', and is without it' as detail
  from order_line l
  left join order_tier t on t.network_id = l.network_id and t.order_id = l.order_id and t.line_no = l.line_no
       and t.position = 0
 where l.plan is not null
   and (l.warranty_seconds <= (l.plan ->> 'days')::bigint * 86400
        or not array(select jsonb_array_elements_text(l.plan -> 'remedies')) <@ l.remedies
        or t.price is null or t.price < (l.plan ->> 'price')::bigint * l.quantity)
