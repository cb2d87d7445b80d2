-- Warranty claims: one open claim a delivery, every step kept.

create table claim (
  network_id    uuid not null,
  claim_id      uuid not null,
  delivery_id   uuid not null,
  order_id      uuid not null,
  line_no       int  not null,
  site_id       uuid not null,
  supplier_id   uuid not null,
  buyer_id      uuid not null,
  status        text not null check (status in
                  ('SUBMITTED', 'INFO_REQUESTED', 'APPROVED', 'REJECTED', 'APPEALED', 'RESOLVED', 'CLOSED', 'WITHDRAWN')),
  desk          text check (desk in ('SITE', 'SUPPLIER', 'OPERATOR', 'BUYER')),
  -- The desk that waits while the buyer is asked.
  asking_desk   text check (asking_desk in ('SITE', 'SUPPLIER', 'OPERATOR')),
  reason        text not null,
  description   text not null,
  wanted        text,
  due_at        timestamptz,
  -- The last desk's time has passed, and that has been said.
  overdue       boolean not null default false,
  -- What was left of the desk's time when its clock was paused.
  paused_left   interval,
  reject_reason text,
  reject_note   text,
  rejected_by   uuid,
  appeal_until  timestamptz,
  appealed      boolean not null default false,
  remedy        text check (remedy in ('REPLACE', 'REFUND', 'PRORATA_REFUND', 'COMPENSATE')),
  bearer        text check (bearer in ('SITE', 'SUPPLIER', 'OPERATOR')),
  remedy_amount bigint,
  replacement_id uuid,
  version       int not null default 1,
  opened_at     timestamptz not null default now(),
  primary key (network_id, claim_id),
  foreign key (network_id, delivery_id) references delivery (network_id, delivery_id),
  foreign key (network_id, order_id) references orders (network_id, order_id),
  foreign key (network_id, site_id) references tenant (network_id, tenant_id),
  foreign key (network_id, supplier_id) references tenant (network_id, tenant_id),
  foreign key (network_id, buyer_id) references app_user (network_id, user_id),
  foreign key (network_id, replacement_id) references delivery (network_id, delivery_id)
) with (fillfactor = 80);
-- REJECTED is open too: until its appeal window ends nothing else may be claimed for the delivery.
create unique index claim_one_open on claim (network_id, delivery_id)
  where status in ('SUBMITTED', 'INFO_REQUESTED', 'APPROVED', 'REJECTED', 'APPEALED');
create index claim_order on claim (network_id, order_id);
create index claim_site on claim (network_id, site_id, claim_id);
create index claim_supplier on claim (network_id, supplier_id, claim_id);
create index claim_buyer on claim (network_id, buyer_id, claim_id);
create index claim_due on claim (due_at) where due_at is not null and not overdue;
create index claim_appeal on claim (appeal_until) where status = 'REJECTED';
call guard_table('claim', true, $$
  ((select app_scope()) = 'buyer' and buyer_id = (select app_buyer()))
  or ((select app_scope()) = 'tenant' and exists (select from order_tier t
        where t.network_id = claim.network_id and t.tenant_id = (select app_tenant())
          and t.order_id = claim.order_id and t.line_no = claim.line_no))$$);
call open_to_runners('claim');

create table claim_step (
  network_id  uuid not null,
  claim_id    uuid not null,
  step_no     int  not null,
  from_status text,
  to_status   text not null,
  desk        text,
  note        text,
  actor_id    uuid,
  at          timestamptz not null default now(),
  primary key (network_id, claim_id, step_no),
  foreign key (network_id, claim_id) references claim (network_id, claim_id)
);
call guard_table('claim_step', true, $$
  exists (select from claim c where c.network_id = claim_step.network_id and c.claim_id = claim_step.claim_id)$$);
