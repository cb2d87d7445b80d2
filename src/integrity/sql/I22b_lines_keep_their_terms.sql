-- The terms that a line was sold under are those that its version names: each clause with its length before it, in the
-- order of the digest.
with clause as (
  select l.network_id, l.order_id, l.line_no, l.terms_version, c.place, c.words
    from order_line l
   cross join lateral (values
     (1, l.warranty_seconds::text), (2, l.answer_seconds::text), (3, l.decision_seconds::text),
     (4, l.replacement_limit::text), (5, l.appeal_seconds::text), (6, array_to_string(l.covered_reasons, ',')),
     (7, array_to_string(l.remedies, ',')), (8, nullif(array_to_string(l.required_evidence, ','), ''))) c (place, words)
   where c.words is not null),
whole as (
  select network_id, order_id, line_no, terms_version,
         string_agg(int8send(octet_length(words)::bigint) || convert_to(words, 'UTF8'), ''::bytea order by place) as bytes
    from clause group by network_id, order_id, line_no, terms_version)
select network_id, 'order ' || order_id || ' line ' || line_no as subject,
       'was sold under ' || terms_version || ', and its terms are not those' as detail
  from whole
 where terms_version <> left(encode(sha256(bytes), 'hex'), 32)
