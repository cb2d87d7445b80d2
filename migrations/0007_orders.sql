-- Orders, their price chains, and one delivery row per unit.

create table orders (
  network_id uuid not null,
  order_id   uuid not null,
  site_id    uuid not null,
  buyer_id   uuid not null,
  number     text not null,
  status     text not null check (status in ('AWAITING_PAYMENT', 'ON_HOLD', 'PAID', 'FULFILLING',
               'PARTIALLY_DELIVERED', 'DELIVERED', 'COMPLETED', 'CANCELED', 'EXPIRED', 'PARTIALLY_REFUNDED', 'REFUNDED')),
  -- Less the discount, which the selling site bears.
  total      bigint not null check (total > 0),
  discount   bigint not null default 0 check (discount >= 0),
  coupon_id  uuid,
  coupon_code text,
  refunded   bigint not null default 0,
  version    int not null default 1,
  placed_at  timestamptz not null default now(),
  primary key (network_id, order_id),
  constraint order_number unique (network_id, site_id, number),
  constraint order_refunded check (refunded between 0 and total),
  constraint order_discount check ((discount > 0) = (coupon_id is not null))
) with (fillfactor = 80);
call refer('orders_at', 'orders', '{network_id, site_id}', 'tenant', '{network_id, tenant_id}');
call refer('orders_by', 'orders', '{network_id, buyer_id}', 'app_user', '{network_id, user_id}');
create index orders_buyer on orders (network_id, buyer_id, order_id);
create index orders_site on orders (network_id, site_id, order_id);

create table order_line (
  network_id       uuid not null,
  order_id         uuid not null,
  line_no          int  not null,
  line_id          uuid not null,
  variant_id       uuid not null,
  product_id       uuid not null,
  supplier_id      uuid not null,
  -- As they were at the sale: nothing later changes them.
  title            text not null,
  kind             text not null,
  brand            text,
  fulfilment       text not null,
  quantity         int not null check (quantity between 1 and 1000),
  unit_price       bigint not null check (unit_price > 0), -- micro-units
  discount         bigint not null check (discount >= 0), -- taken off the total already
  total            bigint not null check (total > 0),
  warranty_seconds int not null,
  covered_reasons  text[] not null,
  remedies         text[] not null,
  decision_seconds int not null,
  answer_seconds   int not null,
  replacement_limit int not null,
  appeal_seconds   int not null,
  required_evidence text[] not null,
  -- Which terms they are (a digest of them), and that the buyer named these very ones with the order.
  terms_version    text not null,
  terms_acknowledged boolean not null default false,
  fields           jsonb not null default '{}',
  -- The extended plan that each unit was sold with, as product.plans; its price is in unit_price and total, its days
  -- and remedies are in the terms.
  plan             jsonb,
  primary key (network_id, order_id, line_no),
  constraint order_line_id unique (network_id, line_id)
);
call refer('order_line_of', 'order_line', '{network_id, order_id}', 'orders', '{network_id, order_id}');
call refer('order_line_sells', 'order_line', '{network_id, variant_id}', 'variant', '{network_id, variant_id}');

-- The price chain, a row per tier: what it paid, what it charged, what it earned. A tier reads its own alone.
create table order_tier (
  network_id uuid not null,
  tenant_id  uuid not null,
  order_id   uuid not null,
  line_no    int  not null,
  position   int  not null, -- 0 is the supplier, then down to the selling site
  rule_id    uuid,
  unit_cost  bigint not null, -- micro-units
  unit_price bigint not null,
  cost       bigint not null, -- minor units, of the line
  price      bigint not null,
  profit     bigint not null check (profit >= 0),
  primary key (network_id, tenant_id, order_id, line_no),
  constraint order_tier_profit check (profit = price - cost)
);
call refer('order_tier_of', 'order_tier', '{network_id, order_id, line_no}', 'order_line', '{network_id, order_id, line_no}');
create index order_tier_order on order_tier (network_id, order_id, line_no, position);
call guard_table('order_tier', true,
  $$(select app_scope()) = 'tenant' and tenant_id = (select app_tenant())$$);

call guard_table('orders', true, $$
  ((select app_scope()) = 'buyer' and buyer_id = (select app_buyer()))
  or ((select app_scope()) = 'tenant' and exists (select from order_tier t
        where t.network_id = orders.network_id and t.tenant_id = (select app_tenant()) and t.order_id = orders.order_id))$$);
-- A supplier sees its own lines of an order, not its neighbours'.
call guard_table('order_line', true, $$
  ((select app_scope()) = 'buyer' and exists (select from orders o
        where o.network_id = order_line.network_id and o.order_id = order_line.order_id))
  or ((select app_scope()) = 'tenant' and exists (select from order_tier t
        where t.network_id = order_line.network_id and t.tenant_id = (select app_tenant())
          and t.order_id = order_line.order_id and t.line_no = order_line.line_no))$$);

-- One row per unit sold; PENDING until there is something to hand over.
create table delivery (
  network_id       uuid not null,
  delivery_id      uuid not null,
  order_id         uuid not null,
  line_no          int  not null,
  unit_no          int  not null, -- 0 … quantity - 1; a replacement keeps its unit's
  status           text not null check (status in ('PENDING', 'DELIVERED', 'UNDER_CLAIM', 'REPLACED', 'REFUNDED')),
  card_id          uuid,
  -- What a supplier handed over by hand, sealed like a card.
  key_id           uuid,
  sealed           bytea,
  delivered_at     timestamptz,
  warranty_ends_at timestamptz,
  revealed_at      timestamptz,
  -- The buyer has tried it, and it works.
  tested_at        timestamptz,
  replaces_id      uuid,
  replaced_by_id   uuid,
  -- What the buyer paid for the unit, and has back; minor units. A replacement carries its original's.
  paid             bigint not null check (paid >= 0),
  refunded         bigint not null default 0,
  -- When what was earned on the unit becomes spendable, unless a claim is open then.
  release_at       timestamptz,
  released_at      timestamptz,
  -- How often it was released: a claim takes it back, and each release is an entry of its own.
  releases         int not null default 0,
  -- Its warranty is over and nothing on it is held: what is left is to complete the order.
  settled          boolean not null default false,
  primary key (network_id, delivery_id),
  constraint delivery_card unique (network_id, card_id), -- a card is handed over once, ever
  constraint delivery_refunded check (refunded between 0 and paid),
  constraint delivery_delivered check ((status = 'PENDING') <= (delivered_at is null)),
  foreign key (network_id, replaces_id) references delivery (network_id, delivery_id),
  foreign key (network_id, replaced_by_id) references delivery (network_id, delivery_id)
) with (fillfactor = 80);
call refer('delivery_of', 'delivery', '{network_id, order_id, line_no}', 'order_line', '{network_id, order_id, line_no}');
call refer('delivery_gives', 'delivery', '{network_id, card_id}', 'card', '{network_id, card_id}');
create index delivery_order on delivery (network_id, order_id, line_no, unit_no, delivery_id);
create unique index delivery_replaces on delivery (network_id, replaces_id) where replaces_id is not null;
create index delivery_release on delivery (release_at) where released_at is null and release_at is not null;
create index delivery_over on delivery (warranty_ends_at) where not settled and warranty_ends_at is not null;
call guard_table('delivery', true, $$
  exists (select from order_line l where l.network_id = delivery.network_id
     and l.order_id = delivery.order_id and l.line_no = delivery.line_no)$$);
call open_to_runners('delivery');

-- What a tier earned on one unit, how much of it is still held, and how much it gave back. Minor units.
create table earning (
  network_id  uuid not null,
  delivery_id uuid not null,
  tenant_id   uuid not null,
  position    int  not null,
  earned      bigint not null check (earned >= 0),
  held        bigint not null,
  given_back  bigint not null default 0,
  primary key (network_id, delivery_id, tenant_id),
  constraint earning_held check (held between 0 and earned),
  constraint earning_given check (given_back between 0 and earned)
) with (fillfactor = 80);
call refer('earning_on', 'earning', '{network_id, delivery_id}', 'delivery', '{network_id, delivery_id}');
call guard_table('earning', true,
  $$(select app_scope()) = 'tenant' and tenant_id = (select app_tenant())$$);

-- What a tenant owes to its held account: refunds that were due after its profit was paid out. Later
-- profit repays it on release. Always: balance of TENANT_HELD = sum of earning.held - amount.
create table held_debt (
  network_id uuid not null,
  tenant_id  uuid not null,
  amount     bigint not null check (amount >= 0),
  primary key (network_id, tenant_id),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
);
call guard_table('held_debt', true,
  $$(select app_scope()) = 'tenant' and tenant_id = (select app_tenant())$$);

create table refund (
  network_id  uuid not null,
  refund_id   uuid not null,
  order_id    uuid not null,
  delivery_id uuid not null,
  claim_id    uuid,
  -- CANCELED and UNDONE unwind every tier; BORNE is paid by one.
  kind        text not null check (kind in ('CANCELED', 'UNDONE', 'BORNE')),
  bearer_id   uuid,
  amount      bigint not null check (amount > 0),
  created_at  timestamptz not null default now(),
  primary key (network_id, refund_id),
  foreign key (network_id, delivery_id) references delivery (network_id, delivery_id)
);
create index refund_order on refund (network_id, order_id);
call guard_table('refund', true, $$
  exists (select from orders o where o.network_id = refund.network_id and o.order_id = refund.order_id)$$);

-- Who opened a delivery's content, when and from where.
create table reveal (
  network_id  uuid not null,
  reveal_id   uuid not null,
  delivery_id uuid not null,
  actor_id    uuid not null,
  address     text,
  user_agent  text,
  revealed_at timestamptz not null default now(),
  primary key (network_id, reveal_id),
  foreign key (network_id, delivery_id) references delivery (network_id, delivery_id)
);
create index reveal_delivery on reveal (network_id, delivery_id);
call guard_table('reveal', true, $$
  exists (select from delivery d where d.network_id = reveal.network_id and d.delivery_id = reveal.delivery_id)$$);
