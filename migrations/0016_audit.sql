-- What members of staff and API keys did at a tenant: a row before it is begun, and another when it has ended. Two
-- rows rather than one that changes: nobody changes what is written here.

create table audit (
  network_id uuid not null,
  audit_id   uuid not null, -- UUIDv7: ascending is oldest first
  tenant_id  uuid not null,
  actor_kind text not null check (actor_kind in ('STAFF', 'KEY')),
  actor_id   uuid not null,
  operation  text not null check (length(operation) <= 100),
  -- What it is about, as the caller names it.
  subject_id text check (length(subject_id) <= 100),
  request_id text not null check (length(request_id) <= 200),
  at         timestamptz not null default now(),
  primary key (network_id, audit_id),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
);
create index audit_tenant on audit (network_id, tenant_id, audit_id);
create index audit_actor on audit (network_id, tenant_id, actor_id, audit_id);
create index audit_operation on audit (network_id, tenant_id, operation, audit_id);
call guard_table('audit', false,
  $$(select app_scope()) in ('tenant', 'operator') and tenant_id = (select app_tenant())$$);

create table audit_end (
  network_id uuid not null,
  audit_id   uuid not null,
  tenant_id  uuid not null,
  outcome    text not null check (outcome in ('DONE', 'REFUSED', 'FAILED')),
  -- What it made, where that is what it is about.
  subject_id text check (length(subject_id) <= 100),
  at         timestamptz not null default now(),
  primary key (network_id, audit_id),
  foreign key (network_id, audit_id) references audit (network_id, audit_id)
);
call guard_table('audit_end', false,
  $$(select app_scope()) in ('tenant', 'operator') and tenant_id = (select app_tenant())$$);
