-- Who acts: staff and buyers, their sessions and keys, the roles they hold.

create table app_user (
  network_id    uuid not null,
  user_id       uuid not null,
  tenant_id     uuid not null,
  kind          text not null check (kind in ('STAFF', 'BUYER')),
  email         text not null,
  email_key     text not null, -- folded; what is compared
  display_name  text not null,
  password_hash text not null,
  status        text not null default 'ACTIVE' check (status in ('ACTIVE', 'DISABLED')),
  created_at    timestamptz not null default now(),
  primary key (network_id, user_id),
  constraint user_email unique (network_id, tenant_id, email_key),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
);
create index app_user_tenant on app_user (network_id, tenant_id, user_id);
call guard_table('app_user', false, $$
  ((select app_scope()) in ('tenant', 'operator') and tenant_id = (select app_tenant()))
  or ((select app_scope()) = 'buyer' and user_id = (select app_buyer()))$$);

create table session (
  network_id uuid not null,
  token_hash bytea not null,
  session_id uuid not null,
  user_id    uuid not null,
  -- The program that it began with, as that calls itself.
  user_agent text check (length(user_agent) <= 200),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (network_id, token_hash),
  foreign key (network_id, user_id) references app_user (network_id, user_id)
);
create index session_owner on session (network_id, user_id);
call guard_table('session', false, null);

create table api_key (
  network_id uuid not null,
  api_key_id uuid not null,
  tenant_id  uuid not null,
  name       text not null,
  token_hash bytea not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (network_id, api_key_id),
  constraint api_key_token unique (network_id, token_hash),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id),
  foreign key (network_id, created_by) references app_user (network_id, user_id)
);
call guard_table('api_key', false,
  $$(select app_scope()) in ('tenant', 'operator') and tenant_id = (select app_tenant())$$);

-- Roles that a tenant makes itself. The built-in ones are in src/access/matrix.csv.
create table role (
  network_id uuid not null,
  role_id    uuid not null,
  tenant_id  uuid not null,
  name       text not null,
  actions    text[] not null,
  created_at timestamptz not null default now(),
  primary key (network_id, role_id),
  constraint role_name unique (network_id, tenant_id, name),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
);
call guard_table('role', false,
  $$(select app_scope()) in ('tenant', 'operator') and tenant_id = (select app_tenant())$$);

-- One principal (a user or an API key) holds one role at one tenant, or at its whole subtree.
create table role_grant (
  network_id   uuid not null,
  grant_id     uuid not null,
  principal_id uuid not null,
  tenant_id    uuid not null,
  builtin      text,
  role_id      uuid,
  subtree      boolean not null,
  granted_by   uuid,
  created_at   timestamptz not null default now(),
  revoked_at   timestamptz,
  primary key (network_id, grant_id),
  constraint grant_one_role check ((builtin is null) <> (role_id is null)),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id),
  foreign key (network_id, role_id) references role (network_id, role_id)
);
create index role_grant_principal on role_grant (network_id, principal_id) where revoked_at is null;
call guard_table('role_grant', false,
  $$(select app_scope()) in ('tenant', 'operator') and tenant_id = (select app_tenant())$$);

-- Grows whenever a grant, a role, a session, a key, a user or a tenant's status changes: whoever caches
-- a decision compares it.
create table policy_version (
  network_id uuid primary key references network,
  version    bigint not null default 1
);
call guard_table('policy_version', true, 'true');
call open_to_runners('policy_version');

-- One row per money-moving call: written in the transaction that has the effect.
create table idempotency (
  network_id uuid not null,
  tenant_id  uuid not null,
  actor_id   uuid not null,
  operation  text not null,
  key        text not null,
  input_hash bytea not null,
  result_id  uuid not null,
  created_at timestamptz not null default now(),
  primary key (network_id, tenant_id, actor_id, operation, key),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
);
call guard_table('idempotency', false, null);
