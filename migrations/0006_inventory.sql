-- Cards: sealed before they get here, sold once.

create table data_key (
  network_id uuid not null,
  key_id     uuid not null,
  tenant_id  uuid not null,
  wrapped    bytea not null, -- under the master key, which the database never sees
  created_at timestamptz not null default now(),
  primary key (network_id, key_id),
  constraint data_key_tenant unique (network_id, tenant_id),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
);
call guard_table('data_key', false, null);

create table card_import (
  network_id  uuid not null,
  import_id   uuid not null,
  tenant_id   uuid not null,
  variant_id  uuid not null,
  actor_id    uuid not null,
  key_id      uuid not null, -- what its cards are sealed with
  format      text not null check (format in ('LINES', 'CSV')),
  dry_run     boolean not null,
  status      text not null check (status in ('RUNNING', 'DONE', 'FAILED')),
  -- total stays 0 until the end of the input has been seen.
  total       int not null default 0,
  processed   int not null default 0,
  accepted    int not null default 0,
  duplicates  int not null default 0,
  rejected    int not null default 0,
  problems    jsonb not null default '[]', -- [{"line", "reason"}], the first 100
  failure     text,
  -- Whoever is at it, until then unless that is renewed: from then on another may go on with it.
  runner      uuid not null,
  lease_until timestamptz not null,
  -- Its content is here whole, so that anybody can.
  kept        boolean not null default false,
  -- How often it was taken over since a line of it was last stored.
  tries       int not null default 0,
  created_at  timestamptz not null default now(),
  finished_at timestamptz,
  -- Its unsold cards were taken back; it can't be continued.
  withdrawn_at timestamptz,
  primary key (network_id, import_id),
  constraint card_import_lot unique (network_id, import_id, variant_id, tenant_id, key_id),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id),
  foreign key (network_id, variant_id) references variant (network_id, variant_id),
  foreign key (network_id, key_id) references data_key (network_id, key_id)
);
create index card_import_of on card_import (network_id, tenant_id, import_id);
create index card_import_variant on card_import (network_id, variant_id, import_id);
create index card_import_running on card_import (lease_until) where status = 'RUNNING';
call guard_table('card_import', true,
  $$(select app_scope()) = 'tenant' and tenant_id = (select app_tenant())$$);
call open_to_runners('card_import');

-- What a running import reads, sealed with its key: whichever process goes on with it has it here.
create table import_piece (
  network_id uuid not null,
  import_id  uuid not null,
  place      int not null, -- from 0, without gaps
  sealed     bytea not null,
  primary key (network_id, import_id, place),
  foreign key (network_id, import_id) references card_import (network_id, import_id)
);
alter table import_piece alter column sealed set storage external; -- nothing to compress in it
call guard_table('import_piece', false, null);
call open_to_runners('import_piece');

create table card (
  network_id  uuid not null,
  card_id     uuid not null, -- UUIDv7: ascending is oldest first
  variant_id  uuid not null,
  supplier_id uuid not null,
  import_id   uuid not null,
  state       text not null check (state in
                ('AVAILABLE', 'RESERVED', 'SOLD', 'REPLACED', 'RETURNED', 'QUARANTINED', 'VOIDED', 'EXPIRED')),
  key_id      uuid not null,
  sealed      bytea not null,
  -- Keyed hash of the normalised secret: unique in the network. Null on a card that clashed with another
  -- supplier's, whose hash is then in clash: it is quarantined, and only the operator is told.
  fingerprint bytea,
  clash       bytea,
  expires_at  timestamptz,
  cost        bigint, -- what the supplier paid, micro-units
  note        text,
  imported_at timestamptz not null default now(),
  primary key (network_id, card_id),
  constraint card_fingerprint unique (network_id, fingerprint),
  constraint card_hash check ((fingerprint is null) <> (clash is null)),
  constraint card_clash check (clash is null or state in ('QUARANTINED', 'VOIDED')),
  -- Variant, supplier and key are its import's, which has checked them: looked up once a card instead of four
  -- times, which was more than half of the work of storing it.
  constraint card_lot foreign key (network_id, import_id, variant_id, supplier_id, key_id)
    references card_import (network_id, import_id, variant_id, tenant_id, key_id)
) with (fillfactor = 80);
create index card_available on card (network_id, variant_id, card_id) where state = 'AVAILABLE';
create index card_expiring on card (network_id, variant_id, expires_at, card_id)
  where state = 'AVAILABLE' and expires_at is not null;
create index card_batch on card (network_id, import_id);
-- A supplier's own clashed card counts as its own: imported again it is a duplicate like any other, or the
-- difference would tell that somebody else holds it.
create unique index card_clash_own on card (network_id, supplier_id, clash) where clash is not null;
call guard_table('card', true,
  $$(select app_scope()) = 'tenant' and supplier_id = (select app_tenant())$$);

-- What the code refuses the database refuses too: nothing leads from SOLD back to AVAILABLE.
create function card_step() returns trigger language plpgsql as $$
begin
  if not (old.state, new.state) in (
    ('AVAILABLE', 'RESERVED'), ('AVAILABLE', 'SOLD'), ('AVAILABLE', 'QUARANTINED'), ('AVAILABLE', 'VOIDED'),
    ('AVAILABLE', 'EXPIRED'), ('RESERVED', 'SOLD'), ('RESERVED', 'AVAILABLE'), ('SOLD', 'REPLACED'),
    ('SOLD', 'RETURNED'), ('QUARANTINED', 'AVAILABLE'), ('QUARANTINED', 'VOIDED')) then
    raise exception 'a card does not go from % to %', old.state, new.state
      using errcode = 'check_violation', constraint = 'card_step';
  end if;
  return new;
end $$;
create trigger card_step before update of state on card
  for each row when (old.state is distinct from new.state) execute function card_step();
