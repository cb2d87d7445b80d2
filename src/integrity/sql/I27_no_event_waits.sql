-- While a server is at work no event waits longer than 5 s for its number; without one they wait for the next.
select network_id, coalesce(facts -> 0 ->> 'subject_id', facts -> 0 ->> 'event_id') as subject,
       (facts -> 0 ->> 'type') || ' waits since ' || occurred_at as detail
  from outbox
 where occurred_at < now() - interval '5 seconds' and current_setting('check.served')::float8 > 5
