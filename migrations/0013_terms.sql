-- Warranty terms over time, what is tried before a claim, and what keeps a supplier honest.

-- The least that a network's goods of a kind may be sold under.
create table warranty_minimum (
  network_id uuid not null,
  kind       text not null check (kind in ('CARD', 'LICENCE', 'MEMBERSHIP', 'TOP_UP', 'SERVICE', 'GIFT_CARD')),
  terms      jsonb not null,
  primary key (network_id, kind),
  foreign key (network_id) references network
);
call guard_table('warranty_minimum', true, $$(select app_scope()) in ('tenant', 'buyer', 'public')$$);

-- Every version of terms that somebody set, in its words. `place` is the kind, the product or the variant.
create table terms_version (
  network_id uuid not null,
  version_id uuid not null, -- UUIDv7: ascending is oldest first
  level      text not null check (level in ('NETWORK', 'PRODUCT', 'SITE')),
  tenant_id  uuid not null,
  place      text not null,
  digest     text not null,
  terms      jsonb not null,
  actor_id   uuid not null,
  at         timestamptz not null default now(),
  primary key (network_id, version_id),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
);
create index terms_version_place on terms_version (network_id, tenant_id, version_id);
call guard_table('terms_version', true,
  $$(select app_scope()) = 'tenant' and tenant_id = (select app_tenant())$$);

-- What a buyer tries before claiming, by kind and brand; a null brand is for every brand without its own.
create table self_check (
  network_id uuid not null,
  kind       text not null check (kind in ('CARD', 'LICENCE', 'MEMBERSHIP', 'TOP_UP', 'SERVICE', 'GIFT_CARD')),
  brand      text not null default '',
  -- [{"zh", "en"}], at most 20.
  steps      jsonb not null,
  primary key (network_id, kind, brand),
  foreign key (network_id) references network
);
call guard_table('self_check', true, $$(select app_scope()) in ('tenant', 'buyer', 'public')$$);

-- How far the operator's log has been read for deliveries to be reminded of.
create table reminder_mark (
  network_id uuid primary key references network,
  tenant_id  uuid not null,
  seq        bigint not null,
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
);
call guard_table('reminder_mark', false, null);
call open_to_runners('reminder_mark');

-- The next reminder of a delivery; gone once there is no more.
create table reminder (
  network_id  uuid not null,
  delivery_id uuid not null,
  stage       text not null check (stage in ('TENTH', 'LAST_DAY')),
  due_at      timestamptz not null,
  primary key (network_id, delivery_id)
);
call refer('reminder_of', 'reminder', '{network_id, delivery_id}', 'delivery', '{network_id, delivery_id}');
create index reminder_due on reminder (due_at);
call guard_table('reminder', false, null);
call open_to_runners('reminder');

-- What the operator asks of a supplier: how much it has deposited, and how many of its claims may be late.
create table supplier_guard (
  network_id      uuid not null,
  supplier_id     uuid not null,
  deposit_level   bigint not null default 0 check (deposit_level >= 0), -- minor units
  -- Claims that the supplier's desk let pass in the last 30 days, of those that it had; basis points. Null: no limit.
  late_limit_bp   int check (late_limit_bp between 0 and 10000),
  primary key (network_id, supplier_id),
  foreign key (network_id, supplier_id) references tenant (network_id, tenant_id)
);
call guard_table('supplier_guard', true,
  $$(select app_scope()) = 'tenant' and supplier_id = (select app_tenant())$$);
call open_to_runners('supplier_guard');
