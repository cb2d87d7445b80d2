-- What happened. A use case writes to the outbox in its own transaction; the sequencer, bounded by the
-- snapshot's xmin, numbers it for each tenant concerned, without gaps, in commit order.
--
-- An event is recorded after its transaction has locked what it changes, so of two events of which one
-- knows of the other, the later one has the greater id. Its xid may well be the smaller: a transaction
-- takes its xid with its first row and may then wait for the other. Hence the order by id.
--
-- An event is one row, with its number in each log that it is in. A log is pages of events, one for each time
-- that something in it was numbered: an order is told to four tenants by two rows or so, and not by a dozen.
-- None of it has a foreign key to networks and tenants, which are never deleted: row security holds network_id.

-- Some events of one transaction, in their order; deleted when they are numbered.
create table outbox (
  network_id  uuid not null,
  id          bigint generated always as identity,
  xid         xid8 not null default pg_current_xact_id(),
  -- A list of {event_id, type, audience, subject_id, order_id, buyer_id, order_status, claim_status}.
  facts       jsonb not null check (jsonb_array_length(facts) > 0),
  occurred_at timestamptz not null default now(),
  primary key (network_id, id)
)
-- Every row lives for milliseconds: what is left of them must not pile up before the next one is found.
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index outbox_order on outbox (id);
call guard_table('outbox', false, null);
call open_to_runners('outbox');

create table event (
  network_id   uuid not null,
  event_id     uuid not null,
  type         text not null,
  -- Whose logs it is in, and its number in each.
  tenants      uuid[] not null check (cardinality(tenants) > 0),
  seqs         bigint[] not null,
  subject_id   text,
  order_id     uuid,
  buyer_id     uuid,
  order_status text,
  claim_status text,
  occurred_at  timestamptz not null,
  primary key (network_id, event_id),
  constraint event_numbers check (cardinality(seqs) = cardinality(tenants))
);
create index event_order on event (network_id, order_id) where order_id is not null;
call guard_table('event', false, $$
  ((select app_scope()) in ('tenant', 'operator') and (select app_tenant()) = any (tenants))
  or ((select app_scope()) = 'buyer' and (select app_tenant()) = any (tenants) and buyer_id = (select app_buyer()))$$);
call open_to_runners('event');

-- The events numbered first_seq to last_seq in one tenant's log; at most 128.
create table event_page (
  network_id uuid not null,
  tenant_id  uuid not null,
  first_seq  bigint not null check (first_seq > 0),
  last_seq   bigint not null,
  events     uuid[] not null,
  -- By its end: what is behind a position is found without knowing where pages begin.
  primary key (network_id, tenant_id, last_seq),
  constraint event_page_full check (cardinality(events) between 1 and 128
                                    and last_seq = first_seq + cardinality(events) - 1)
);
call guard_table('event_page', false, $$tenant_id = (select app_tenant())$$);
call open_to_runners('event_page');

-- The logs, a row a number, for those who look at all of them. An event that its reader may not see is null. What is
-- listed is listed before it is joined: drawn into the list, the join would read every event once a page.
create view event_log with (security_invoker = true) as
  select p.network_id, p.tenant_id, p.seq, p.event_id, e.type, e.tenants, e.seqs,
         e.subject_id, e.order_id, e.buyer_id, e.order_status, e.claim_status, e.occurred_at
    from (select p.network_id, p.tenant_id, p.first_seq + n.place - 1 as seq, n.event_id
            from event_page p cross join lateral unnest(p.events) with ordinality as n (event_id, place)
          offset 0) p
    left join event e on e.network_id = p.network_id and e.event_id = p.event_id;

-- What has been told: the logs, and what is about to be in them.
create view told with (security_invoker = true) as
  select network_id, tenant_id, type, subject_id, order_id from event_log
  union all
  select o.network_id, a.tenant_id, f.type, f.subject_id, f.order_id
    from outbox o
   cross join lateral jsonb_to_recordset(o.facts) as f (type text, audience uuid[], subject_id text, order_id uuid)
   cross join lateral (select distinct unnest(f.audience) as tenant_id) a;
