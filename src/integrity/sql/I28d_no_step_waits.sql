-- While a server is at work no step waits longer than 5 s for its log; without one they wait for the next.
select network_id, 'step ' || id as subject, kind || ' of ' || cardinality(items) || ' waits since ' || at as detail
  from provenance_queue
 where at < now() - interval '5 seconds' and current_setting('check.served')::float8 > 5
