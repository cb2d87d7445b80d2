-- What a supplier is qualified for, as it says, and what the operator thinks of it.

create table qualification (
  network_id       uuid not null,
  qualification_id uuid not null, -- UUIDv7: ascending is oldest first
  tenant_id        uuid not null,
  title            text not null,
  issuer           text not null,
  number           text,
  status           text not null default 'PENDING' check (status in ('PENDING', 'VERIFIED', 'REJECTED')),
  submitted_at     timestamptz not null default now(),
  decided_at       timestamptz,
  decided_by       uuid,
  note             text,
  valid_until      timestamptz,
  primary key (network_id, qualification_id),
  constraint qualification_decision check ((status = 'PENDING') = (decided_at is null)),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
);
create index qualification_of on qualification (network_id, tenant_id, qualification_id);
create index qualification_waiting on qualification (network_id, qualification_id) where status = 'PENDING';
-- Everybody may know what was verified of whom it may name: read as a use case, which leaves the rest out.
call guard_table('qualification', true, $$(select app_scope()) = 'tenant' and tenant_id = (select app_tenant())$$);

-- What was verified of its supplier stands in every listing.
create function tell_qualifications() returns trigger language plpgsql as $$
begin
  insert into listing_change (network_id, kind, tenant_id)
  select distinct network_id, 'TENANT', tenant_id from changed;
  return null;
end $$;
create trigger tell_of_new after insert on qualification referencing new table as changed
  for each statement execute function tell_qualifications();
create trigger tell_of_change after update on qualification referencing new table as changed
  for each statement execute function tell_qualifications();
create trigger tell_of_end after delete on qualification referencing old table as changed
  for each statement execute function tell_qualifications();
