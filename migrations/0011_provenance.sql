-- The history of everything that is sold, as a log that anyone may keep a copy of and verify.
--
-- A use case queues its steps in its own transaction, a row a kind; one runner writes them to the network's log, in
-- the order of the queue (bounded by the snapshot's xmin, as the sequencer of events is). What the log holds is what
-- is published: commitments, no id and no secret. Which cards are meant stands in the queue alone, which nobody reads.

create table provenance_queue (
  network_id uuid not null,
  id         bigint generated always as identity,
  xid        xid8 not null default pg_current_xact_id(),
  kind       text not null check (kind in
               ('IMPORTED', 'QUARANTINED', 'SOLD', 'REVEALED', 'CLAIMED', 'REPLACED', 'REFUNDED', 'VOIDED')),
  -- Cards, or deliveries that were handed over by hand; with what each was for and the hash of its terms.
  items      uuid[] not null check (cardinality(items) > 0),
  subjects   uuid[],
  terms      bytea[],
  at         timestamptz not null default now(),
  primary key (network_id, id),
  constraint provenance_queue_shape check (
    coalesce(cardinality(subjects), cardinality(items)) = cardinality(items)
    and coalesce(cardinality(terms), cardinality(items)) = cardinality(items))
)
-- Every row lives for moments: what is left of them must not pile up before the next one is found.
with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
create index provenance_queue_order on provenance_queue (id);
call guard_table('provenance_queue', false, null);
call open_to_runners('provenance_queue');

-- What a network's heads are signed with, and its salts are made from: sealed under the master key.
create table provenance_key (
  network_id uuid not null references network,
  sealed     bytea not null,
  created_at timestamptz not null default now(),
  primary key (network_id)
);
call guard_table('provenance_key', false, null);
call open_to_runners('provenance_key');

-- How long the log is, and the unfinished tile of each level, 32 bytes a hash.
create table provenance_log (
  network_id  uuid not null references network,
  vkey        text not null, -- the public key, as C2SP's signed notes write it
  size        bigint not null check (size >= 0),
  edge        bytea[] not null,
  signed_size bigint not null default 0,
  signed_at   timestamptz,
  primary key (network_id),
  constraint provenance_log_signed check (signed_size between 0 and size)
) with (fillfactor = 50);
alter table provenance_log alter column edge set storage external; -- nothing to compress in hashes
call guard_table('provenance_log', true, $$(select app_scope()) in ('tenant', 'buyer', 'public')$$);
call open_to_runners('provenance_log');

create table provenance_leaf (
  network_id uuid not null,
  leaf_index bigint not null check (leaf_index >= 0), -- from 0, without gaps
  item       bytea not null, -- the commitment to what it is about
  step_no    int not null check (step_no >= 1), -- its place in that thing's own history
  data       text not null, -- what is hashed
  primary key (network_id, leaf_index),
  -- No reference to its log, which is never deleted: a check of each row would cost as much as the row.
  constraint provenance_leaf_step unique (network_id, item, step_no)
);
call guard_table('provenance_leaf', true, $$(select app_scope()) in ('tenant', 'buyer', 'public')$$);
call open_to_runners('provenance_leaf');

-- Full tiles: 256 hashes of nodes side by side, 8 levels of the tree apart (C2SP tlog-tiles).
create table provenance_tile (
  network_id uuid not null,
  level      int not null check (level between 0 and 7),
  tile_index bigint not null check (tile_index >= 0),
  hashes     bytea not null check (length(hashes) = 8192),
  primary key (network_id, level, tile_index),
  foreign key (network_id) references provenance_log
);
alter table provenance_tile alter column hashes set storage external;
call guard_table('provenance_tile', true, $$(select app_scope()) in ('tenant', 'buyer', 'public')$$);
call open_to_runners('provenance_tile');

-- Every head that was ever signed.
create table provenance_checkpoint (
  network_id uuid not null,
  size       bigint not null check (size > 0),
  note       text not null,
  signed_at  timestamptz not null,
  primary key (network_id, size),
  foreign key (network_id) references provenance_log
);
call guard_table('provenance_checkpoint', true, $$(select app_scope()) in ('tenant', 'buyer', 'public')$$);
call open_to_runners('provenance_checkpoint');
