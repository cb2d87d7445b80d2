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
  -- Of the line, for queues by skill.
  kind          text not null,
  brand         text,
  status        text not null check (status in
                  ('SUBMITTED', 'INFO_REQUESTED', 'APPROVED', 'REJECTED', 'APPEALED', 'RESOLVED', 'CLOSED', 'WITHDRAWN')),
  desk          text check (desk in ('SITE', 'SUPPLIER', 'OPERATOR', 'BUYER')),
  -- The desk that waits while the buyer is asked.
  asking_desk   text check (asking_desk in ('SITE', 'SUPPLIER', 'OPERATOR')),
  reason        text not null,
  description   text not null,
  wanted        text,
  -- When the desk must act: by then it has answered, and once it has, by decide_by it has decided.
  due_at        timestamptz,
  decide_by     timestamptz,
  answered_at   timestamptz,
  -- Who of the desk has it in hand.
  assignee_id   uuid,
  -- The last desk's time has passed, and that has been said.
  overdue       boolean not null default false,
  -- What was left of the desk's (working) time when its clock was paused.
  paused_left   bigint, -- milliseconds
  -- What the buyer tried before: [{"step", "outcome", "note"}].
  self_check    jsonb not null default '[]',
  reject_reason text,
  reject_note   text,
  rejected_by   uuid,
  appeal_until  timestamptz,
  appealed      boolean not null default false,
  remedy        text check (remedy in ('REPLACE', 'REFUND', 'PRORATA_REFUND', 'COMPENSATE')),
  bearer        text check (bearer in ('SITE', 'SUPPLIER', 'OPERATOR')),
  remedy_amount bigint,
  replacement_id uuid,
  -- The recall that it was settled by.
  recall_id     uuid,
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
create index claim_queue on claim (network_id, desk, coalesce(due_at, 'infinity'), claim_id) where desk is not null;
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
  -- The desk whose time had passed, where that is why.
  late_desk   text check (late_desk in ('SITE', 'SUPPLIER', 'OPERATOR')),
  at          timestamptz not null default now(),
  primary key (network_id, claim_id, step_no),
  foreign key (network_id, claim_id) references claim (network_id, claim_id)
);
call guard_table('claim_step', true, $$
  exists (select from claim c where c.network_id = claim_step.network_id and c.claim_id = claim_step.claim_id)$$);

-- What the buyer, the site, the supplier and the operator say to each other about a claim. The tiers between them
-- have no part in it.
create table claim_message (
  network_id uuid not null,
  message_id uuid not null, -- UUIDv7: ascending is oldest first
  claim_id   uuid not null,
  party      text not null check (party in ('BUYER', 'SITE', 'SUPPLIER', 'OPERATOR')),
  author_id  uuid not null,
  body       text not null,
  at         timestamptz not null default now(),
  primary key (network_id, message_id),
  foreign key (network_id, claim_id) references claim (network_id, claim_id)
);
create index claim_message_claim on claim_message (network_id, claim_id, message_id);
call guard_table('claim_message', true, $$
  exists (select from claim c where c.network_id = claim_message.network_id and c.claim_id = claim_message.claim_id
     and ((select app_scope()) = 'buyer' or (select app_tenant()) in (c.site_id, c.supplier_id)))$$);

-- How far each party has read.
create table claim_read (
  network_id uuid not null,
  claim_id   uuid not null,
  party      text not null check (party in ('BUYER', 'SITE', 'SUPPLIER', 'OPERATOR')),
  message_id uuid not null,
  read_at    timestamptz not null default now(),
  primary key (network_id, claim_id, party),
  foreign key (network_id, claim_id) references claim (network_id, claim_id),
  foreign key (network_id, message_id) references claim_message (network_id, message_id)
);
call guard_table('claim_read', true, $$
  exists (select from claim c where c.network_id = claim_read.network_id and c.claim_id = claim_read.claim_id
     and ((select app_scope()) = 'buyer' or (select app_tenant()) in (c.site_id, c.supplier_id)))$$);

-- What a desk's own people write down for each other: neither the buyer nor another tenant reads it.
create table claim_note (
  network_id uuid not null,
  note_id    uuid not null,
  claim_id   uuid not null,
  tenant_id  uuid not null,
  author_id  uuid not null,
  body       text not null,
  at         timestamptz not null default now(),
  primary key (network_id, note_id),
  foreign key (network_id, claim_id) references claim (network_id, claim_id),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
);
create index claim_note_claim on claim_note (network_id, claim_id, tenant_id, note_id);
call guard_table('claim_note', false,
  $$(select app_scope()) in ('tenant', 'operator') and tenant_id = (select app_tenant())$$);

-- What a remedy was paid from, by the settlement itself: whose expense, which purse. A tenant reads what it paid.
create table remedy_payment (
  network_id uuid not null,
  claim_id   uuid not null,
  tenant_id  uuid not null,
  purse      text not null check (purse in ('HELD', 'DEPOSIT', 'WALLET', 'FUND', 'DEBT')),
  amount     bigint not null check (amount > 0),
  primary key (network_id, claim_id, tenant_id, purse),
  foreign key (network_id, claim_id) references claim (network_id, claim_id),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
);
call guard_table('remedy_payment', true,
  $$(select app_scope()) = 'tenant' and tenant_id = (select app_tenant())$$);

-- A remedy that one side proposes and the other may accept. The desk's binds the desk that made it.
create table claim_offer (
  network_id uuid not null,
  offer_id   uuid not null,
  claim_id   uuid not null,
  party      text not null check (party in ('BUYER', 'SITE', 'SUPPLIER', 'OPERATOR')),
  author_id  uuid not null,
  status     text not null check (status in ('OPEN', 'ACCEPTED', 'DECLINED', 'LAPSED')),
  remedy     text not null check (remedy in ('REPLACE', 'REFUND', 'PRORATA_REFUND', 'COMPENSATE')),
  amount     bigint check (amount > 0),
  bearer     text check (bearer in ('SITE', 'SUPPLIER', 'OPERATOR')),
  note       text,
  made_at    timestamptz not null default now(),
  ended_at   timestamptz,
  primary key (network_id, offer_id),
  constraint claim_offer_end check ((status = 'OPEN') = (ended_at is null)),
  foreign key (network_id, claim_id) references claim (network_id, claim_id)
);
create unique index claim_offer_one_open on claim_offer (network_id, claim_id) where status = 'OPEN';
create index claim_offer_claim on claim_offer (network_id, claim_id, offer_id);
call guard_table('claim_offer', true, $$
  exists (select from claim c where c.network_id = claim_offer.network_id and c.claim_id = claim_offer.claim_id
     and ((select app_scope()) = 'buyer' or (select app_tenant()) in (c.site_id, c.supplier_id)))$$);

-- When a tenant's desk works; the operator's is for every tenant that has none. No row at all: always.
create table work_calendar (
  network_id     uuid not null,
  tenant_id      uuid not null,
  time_zone      text not null, -- of the IANA's database
  -- [{"day": 1 to 7 (Monday is 1), "from": minute of the day, "to": minute of the day}], sorted, not overlapping.
  hours          jsonb not null,
  holidays       date[] not null default '{}',
  primary key (network_id, tenant_id),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
);
call guard_table('work_calendar', true,
  $$(select app_scope()) = 'tenant' and tenant_id = (select app_tenant())$$);

-- One import batch that was no good: what is unsold is kept from sale, what was sold is made good.
create table recall (
  network_id  uuid not null,
  recall_id   uuid not null,
  import_id   uuid not null,
  supplier_id uuid not null,
  author_id   uuid not null,
  desk        text not null check (desk in ('SUPPLIER', 'OPERATOR')),
  reason      text not null check (reason in ('COUNTERFEIT', 'REVOKED')),
  remedy      text not null check (remedy in ('REPLACE', 'REFUND')),
  note        text not null,
  status      text not null check (status in ('DRAFT', 'RUNNING', 'DONE')),
  created_at  timestamptz not null default now(),
  confirmed_at timestamptz,
  finished_at timestamptz,
  primary key (network_id, recall_id),
  foreign key (network_id, import_id) references card_import (network_id, import_id),
  foreign key (network_id, supplier_id) references tenant (network_id, tenant_id)
);
create index recall_running on recall (confirmed_at) where status = 'RUNNING';
create index recall_of on recall (network_id, supplier_id, recall_id);
create unique index recall_one_open on recall (network_id, import_id) where status in ('DRAFT', 'RUNNING');
call guard_table('recall', true,
  $$(select app_scope()) = 'tenant' and supplier_id = (select app_tenant())$$);
call open_to_runners('recall');

-- A unit that the recall makes good, once. Written when it is confirmed.
create table recall_unit (
  network_id  uuid not null,
  recall_id   uuid not null,
  delivery_id uuid not null,
  order_id    uuid not null,
  status      text not null default 'WAITING' check (status in ('WAITING', 'REPLACED', 'REFUNDED', 'LEFT')),
  claim_id    uuid,
  -- Why nothing had to be done, or how often it failed.
  detail      text,
  tries       int not null default 0,
  primary key (network_id, recall_id, delivery_id),
  foreign key (network_id, recall_id) references recall (network_id, recall_id),
  foreign key (network_id, delivery_id) references delivery (network_id, delivery_id)
);
create index recall_unit_waiting on recall_unit (network_id, recall_id, delivery_id) where status = 'WAITING';
call guard_table('recall_unit', true, $$
  exists (select from recall r where r.network_id = recall_unit.network_id and r.recall_id = recall_unit.recall_id)$$);
call open_to_runners('recall_unit');
