-- While a server is at work no import runs on a lease that is long over; one that has ended says when.
select network_id, 'import ' || import_id as subject, status || ' at line ' || processed || ', lease until ' || lease_until
         as detail
  from card_import
 where (status = 'RUNNING' and lease_until < now() - interval '1 minute'
        and current_setting('check.served')::float8 > 60)
    or (status = 'RUNNING') <> (finished_at is null)
