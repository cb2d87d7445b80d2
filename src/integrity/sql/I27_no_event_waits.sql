-- While a server is at work no event waits longer than 5 s for its number; without one they wait for the next.
select network_id, coalesce(subject_id, event_id::text) as subject,
       type || ' waits since ' || occurred_at as detail
  from outbox
 where occurred_at < now() - interval '5 seconds' and current_setting('check.served')::float8 > 5
