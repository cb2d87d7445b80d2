-- Networks and their tenants.

create table network (
  network_id          uuid primary key,
  name                text not null,
  currency            text not null check (currency ~ '^[A-Z]{3}$'),
  depth_limit         int  not null default 5 check (depth_limit between 1 and 16),
  -- The longest that profit is held after delivery; a warranty that ends sooner releases it sooner.
  hold_seconds        int  not null default 604800 check (hold_seconds between 0 and 31536000),
  -- A claim that the record proves is granted at once, at the supplier's expense.
  claims_proved       boolean not null default false,
  created_at          timestamptz not null default now()
);
call guard_table('network', true, 'true');
call open_to_runners('network');

create table tenant (
  network_id     uuid not null references network,
  tenant_id      uuid not null,
  kind           text not null check (kind in ('OPERATOR', 'SUPPLIER', 'SITE')),
  handle         text not null,
  name           text not null,
  status         text not null check (status in ('PENDING_REVIEW', 'ACTIVE', 'SUSPENDED', 'REJECTED', 'CLOSED')),
  status_note    text,
  -- The highest tenant that suspended it: nobody below that one may bring it back.
  suspended_by   uuid,
  parent_id      uuid,
  depth          int  not null,
  -- From the operator down to this tenant, both included.
  lineage        uuid[] not null,
  -- The most that this tenant may add to its cost, set by its parent; basis points.
  markup_cap_bp  int check (markup_cap_bp >= 0),
  -- Of a supplier: why its goods are not on sale at present; the runner that pauses them lets them go on.
  sales_paused   text check (sales_paused in ('DEPOSIT_LOW', 'CLAIMS_LATE')),
  -- Its site's face: a text for everybody, a colour (#rrggbb), how to reach it.
  announcement   text,
  accent         text check (accent ~ '^#[0-9a-f]{6}$'),
  contact        text,
  created_at     timestamptz not null default now(),
  primary key (network_id, tenant_id),
  constraint tenant_handle unique (network_id, handle),
  foreign key (network_id, parent_id) references tenant (network_id, tenant_id),
  constraint tenant_shape check (
    (kind = 'OPERATOR') = (parent_id is null) and (kind = 'OPERATOR') = (depth = 0)
    and cardinality(lineage) = depth + 1 and lineage[depth + 1] = tenant_id)
);
create unique index tenant_one_operator on tenant (network_id) where kind = 'OPERATOR';
create index tenant_children on tenant (network_id, parent_id);
call guard_table('tenant', true, $$
  ((select app_scope()) = 'tenant' and (select app_tenant()) = any (lineage))
  or ((select app_scope()) in ('buyer', 'public') and tenant_id = (select app_tenant()))$$);
