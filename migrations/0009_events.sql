-- What happened. A use case writes to the outbox in its own transaction; the sequencer, bounded by the
-- snapshot's xmin, numbers it for each tenant concerned, without gaps, in commit order.
--
-- An event is recorded after its transaction has locked what it changes, so of two events of which one
-- knows of the other, the later one has the greater id. Its xid may well be the smaller: a transaction
-- takes its xid with its first row and may then wait for the other. Hence the order by id.
--
-- What an order writes by the dozen (here, and what names its tiers) has no foreign key to networks and tenants,
-- which are never deleted: row security holds network_id, and a check of each row would cost as much as the row.

create table outbox (
  network_id   uuid not null,
  id           bigint generated always as identity,
  xid          xid8 not null default pg_current_xact_id(),
  event_id     uuid not null,
  type         text not null,
  audience     uuid[] not null check (cardinality(audience) > 0),
  subject_id   text,
  order_id     uuid,
  buyer_id     uuid,
  order_status text,
  claim_status text,
  occurred_at  timestamptz not null default now(),
  primary key (network_id, id)
)
-- Every row lives for milliseconds: what is left of them must not pile up before the next one is found.
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index outbox_order on outbox (id);
call guard_table('outbox', false, null);
call open_to_runners('outbox');

create table event (
  network_id   uuid not null,
  tenant_id    uuid not null,
  seq          bigint not null,
  event_id     uuid not null,
  type         text not null,
  subject_id   text,
  order_id     uuid,
  buyer_id     uuid,
  order_status text,
  claim_status text,
  occurred_at  timestamptz not null,
  primary key (network_id, tenant_id, seq)
);
create index event_order on event (network_id, tenant_id, order_id, seq) where order_id is not null;
call guard_table('event', false, $$
  ((select app_scope()) in ('tenant', 'operator') and tenant_id = (select app_tenant()))
  or ((select app_scope()) = 'buyer' and tenant_id = (select app_tenant()) and buyer_id = (select app_buyer()))$$);
call open_to_runners('event');

-- The last number given in each tenant's log.
create table event_log (
  network_id uuid not null,
  tenant_id  uuid not null,
  last_seq   bigint not null,
  primary key (network_id, tenant_id),
  foreign key (network_id) references network
);
call guard_table('event_log', false, $$tenant_id = (select app_tenant())$$);
call open_to_runners('event_log');
