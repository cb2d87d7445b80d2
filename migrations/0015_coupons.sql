-- What a site takes off its own price for whoever names a code.

create table coupon (
  network_id  uuid not null,
  coupon_id   uuid not null, -- UUIDv7: ascending is oldest first
  site_id     uuid not null,
  code        text not null check (code ~ '^[A-Z0-9-]{3,32}$'),
  -- One of both: basis points, or minor units an order.
  percent_bp  int check (percent_bp between 1 and 10000),
  amount      bigint check (amount > 0),
  -- What it is for must cost so much, minor units.
  least_total bigint not null default 0 check (least_total >= 0),
  uses_limit  int check (uses_limit > 0),
  buyer_limit int check (buyer_limit > 0),
  starts_at   timestamptz not null default now(),
  ends_at     timestamptz,
  -- For one kind of good, or one variant, or (neither) everything.
  kind        text check (kind in ('CARD', 'LICENCE', 'MEMBERSHIP', 'TOP_UP', 'SERVICE', 'GIFT_CARD')),
  variant_id  uuid,
  -- Orders that stand; one that was refunded whole counts no more.
  uses        int not null default 0,
  disabled_at timestamptz,
  actor_id    uuid not null,
  created_at  timestamptz not null default now(),
  primary key (network_id, coupon_id),
  constraint coupon_code unique (network_id, site_id, code),
  constraint coupon_takes check ((percent_bp is null) <> (amount is null)),
  constraint coupon_uses check (uses between 0 and coalesce(uses_limit, uses)),
  constraint coupon_target check (kind is null or variant_id is null),
  constraint coupon_time check (ends_at > starts_at),
  foreign key (network_id, site_id) references tenant (network_id, tenant_id),
  foreign key (network_id, variant_id) references variant (network_id, variant_id)
);
create index coupon_site on coupon (network_id, site_id, coupon_id);
call guard_table('coupon', true, $$(select app_scope()) = 'tenant' and site_id = (select app_tenant())$$);

-- How often each buyer's orders with it stand.
create table coupon_buyer (
  network_id uuid not null,
  coupon_id  uuid not null,
  buyer_id   uuid not null,
  uses       int not null check (uses >= 0),
  primary key (network_id, coupon_id, buyer_id),
  foreign key (network_id, coupon_id) references coupon (network_id, coupon_id),
  foreign key (network_id, buyer_id) references app_user (network_id, user_id)
);
call guard_table('coupon_buyer', true, $$
  exists (select from coupon c where c.network_id = coupon_buyer.network_id and c.coupon_id = coupon_buyer.coupon_id)$$);

call refer('orders_with', 'orders', '{network_id, coupon_id}', 'coupon', '{network_id, coupon_id}');
