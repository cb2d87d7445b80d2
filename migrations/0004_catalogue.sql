-- What suppliers sell, and what each tenant asks for it.

create table product (
  network_id       uuid not null,
  product_id       uuid not null,
  supplier_id      uuid not null,
  title            text not null,
  description      text not null default '',
  kind             text not null check (kind in ('CARD', 'LICENCE', 'MEMBERSHIP', 'TOP_UP', 'SERVICE', 'GIFT_CARD')),
  status           text not null check (status in ('DRAFT', 'SUBMITTED', 'APPROVED', 'REJECTED', 'RETIRED')),
  status_note      text,
  warranty_seconds int not null check (warranty_seconds > 0),
  covered_reasons  text[] not null,
  remedies         text[] not null check (cardinality(remedies) > 0),
  decision_seconds int not null check (decision_seconds > 0),
  -- Time to first answer; and how often one unit may be replaced.
  answer_seconds   int not null default 28800 check (answer_seconds > 0),
  replacement_limit int not null default 3 check (replacement_limit between 0 and 100),
  -- How long a rejection may be appealed.
  appeal_seconds   int not null default 604800 check (appeal_seconds > 0),
  -- Kinds of files that have to come with a claim.
  required_evidence text[] not null default '{}',
  -- Whose good it is to the buyer, for queues and self-checks.
  brand            text,
  -- What the buyer is asked: [{"name", "label", "required", "maxLength"}].
  fields           jsonb not null default '[]',
  -- The extended plans that it is offered with: [{"id", "title", "days", "price", "remedies"}]; minor units, a unit.
  plans            jsonb not null default '[]',
  created_at       timestamptz not null default now(),
  primary key (network_id, product_id),
  foreign key (network_id, supplier_id) references tenant (network_id, tenant_id)
);
create index product_supplier on product (network_id, supplier_id, product_id);
-- A site sees what it may sell; a supplier never what another supplier sells.
call guard_table('product', true, $$
  ((select app_scope()) = 'tenant' and (supplier_id = (select app_tenant()) or (status = 'APPROVED'
     and (select t.kind = 'SITE' from tenant t
           where t.network_id = (select app_network()) and t.tenant_id = (select app_tenant())))))
  or ((select app_scope()) in ('buyer', 'public') and status = 'APPROVED')$$);

create table variant (
  network_id   uuid not null,
  variant_id   uuid not null,
  product_id   uuid not null,
  supplier_id  uuid not null,
  sku          text not null,
  title        text not null,
  -- STOCK delivers a card with the order; MANUAL waits for the supplier.
  fulfilment   text not null check (fulfilment in ('STOCK', 'MANUAL')),
  allocation   text not null default 'OLDEST' check (allocation in ('OLDEST', 'NEWEST', 'NEAREST_EXPIRY')),
  -- The brand's minimum, below which nobody may sell; micro-units.
  minimum_price bigint check (minimum_price > 0),
  low_stock    int not null default 10 check (low_stock >= 0),
  primary key (network_id, variant_id),
  constraint variant_sku unique (network_id, supplier_id, sku),
  foreign key (network_id, product_id) references product (network_id, product_id),
  foreign key (network_id, supplier_id) references tenant (network_id, tenant_id)
);
create index variant_product on variant (network_id, product_id);
call guard_table('variant', true, $$
  exists (select from product p where p.network_id = variant.network_id and p.product_id = variant.product_id)$$);

-- What the operator pays the supplier: apart from the variant, because nobody else may read it.
create table supply_price (
  network_id       uuid not null,
  variant_id       uuid not null,
  supplier_id      uuid not null,
  settlement_price bigint not null check (settlement_price > 0), -- micro-units
  primary key (network_id, variant_id),
  foreign key (network_id, variant_id) references variant (network_id, variant_id)
);
call guard_table('supply_price', true,
  $$(select app_scope()) = 'tenant' and supplier_id = (select app_tenant())$$);

-- A site's own title and choice for a variant; sparse: no row means the supplier's title, shown.
create table listing_setting (
  network_id uuid not null,
  tenant_id  uuid not null,
  variant_id uuid not null,
  title      text,
  hidden     boolean not null default false,
  -- The site's own warranty terms; null means the product's. Better ones alone.
  terms      jsonb,
  primary key (network_id, tenant_id, variant_id),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id),
  foreign key (network_id, variant_id) references variant (network_id, variant_id)
);
call guard_table('listing_setting', true, $$tenant_id = (select app_tenant())$$);

-- audience_id: a child site; the tenant itself, meaning its own buyers; null, meaning everyone.
-- product_id and variant_id: at most one; both null means every product.
create table price_rule (
  network_id  uuid not null,
  rule_id     uuid not null,
  tenant_id   uuid not null,
  audience_id uuid,
  product_id  uuid,
  variant_id  uuid,
  kind        text not null check (kind in ('INHERIT', 'MARKUP', 'ADD', 'FIXED')),
  -- MARKUP: basis points; ADD and FIXED: micro-units.
  value       bigint not null check (value >= 0),
  updated_at  timestamptz not null default now(),
  primary key (network_id, rule_id),
  constraint price_rule_place unique nulls not distinct (network_id, tenant_id, audience_id, product_id, variant_id),
  constraint price_rule_target check (product_id is null or variant_id is null),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id),
  foreign key (network_id, audience_id) references tenant (network_id, tenant_id),
  foreign key (network_id, product_id) references product (network_id, product_id),
  foreign key (network_id, variant_id) references variant (network_id, variant_id)
);
call guard_table('price_rule', true,
  $$(select app_scope()) = 'tenant' and tenant_id = (select app_tenant())$$);
