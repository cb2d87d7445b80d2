-- What anybody may know of a tenant, reviews by those who bought, and what a buyer may take elsewhere.

-- Figures of one tenant, computed by a runner and by nobody else.
create table standing (
  network_id           uuid not null,
  tenant_id            uuid not null,
  opened_at            timestamptz not null,
  computed_at          timestamptz not null default '-infinity',
  log_end              bigint not null default 0, -- the last event of its log when they were computed
  orders               int not null default 0, -- ever, counted up to 10,001
  recent_orders        int not null default 0, -- the newest 10,000 of a year
  claims               int not null default 0, -- the same of claims; what is below is of these
  decided              int not null default 0,
  approved             int not null default 0,
  overturned           int not null default 0,
  answered             int not null default 0,
  first_answer_seconds bigint,
  resolved             int not null default 0,
  resolution_seconds   bigint,
  reviews              int not null default 0, -- the newest 10,000 that stand
  stars                int not null default 0, -- their sum
  warranty_reviews     int not null default 0,
  warranty_stars       int not null default 0,
  primary key (network_id, tenant_id),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id)
) with (fillfactor = 70);
call guard_table('standing', true, $$(select app_scope()) in ('tenant', 'buyer', 'public')$$);
call open_to_runners('standing');

-- Every tenant has its row from its first moment.
create function standing_begins() returns trigger language plpgsql as $$
begin
  insert into standing (network_id, tenant_id, opened_at) values (new.network_id, new.tenant_id, new.created_at);
  return null;
end $$;
create trigger standing_begins after insert on tenant for each row execute function standing_begins();

-- What a buyer says of a line that was delivered. Written once.
create table review (
  network_id     uuid not null,
  review_id      uuid not null,
  order_id       uuid not null,
  line_no        int  not null,
  site_id        uuid not null,
  supplier_id    uuid not null,
  product_id     uuid not null,
  buyer_id       uuid not null,
  title          text not null, -- what was bought, as it was called at the sale
  stars          int not null check (stars between 1 and 5),
  warranty_stars int check (warranty_stars between 1 and 5),
  text           text,
  posted_at      timestamptz not null default now(),
  primary key (network_id, review_id),
  constraint review_line unique (network_id, order_id, line_no),
  foreign key (network_id, order_id, line_no) references order_line (network_id, order_id, line_no),
  foreign key (network_id, site_id) references tenant (network_id, tenant_id),
  foreign key (network_id, supplier_id) references tenant (network_id, tenant_id)
);
create index review_site on review (network_id, site_id, review_id);
create index review_supplier on review (network_id, supplier_id, review_id);
call guard_table('review', true, $$
  ((select app_scope()) in ('tenant', 'buyer', 'public') and site_id = (select app_tenant()))
  or ((select app_scope()) = 'tenant' and supplier_id = (select app_tenant()))$$);

-- What the selling site answers; the newest version counts, the others stay.
create table review_reply (
  network_id uuid not null,
  review_id  uuid not null,
  version    int not null check (version between 1 and 10),
  actor_id   uuid not null,
  text       text not null,
  at         timestamptz not null default now(),
  primary key (network_id, review_id, version),
  foreign key (network_id, review_id) references review (network_id, review_id)
);
call guard_table('review_reply', true, $$
  exists (select from review r where r.network_id = review_reply.network_id and r.review_id = review_reply.review_id)$$);

-- What the operator decides on it, with its reason; the newest counts, the others stay.
create table review_decision (
  network_id uuid not null,
  review_id  uuid not null,
  version    int not null check (version between 1 and 100),
  removed    boolean not null,
  reason     text not null,
  actor_id   uuid not null,
  at         timestamptz not null default now(),
  primary key (network_id, review_id, version),
  foreign key (network_id, review_id) references review (network_id, review_id)
);
call guard_table('review_decision', true, $$
  exists (select from review r where r.network_id = review_decision.network_id and r.review_id = review_decision.review_id)$$);

-- Where a buyer goes when nothing here has helped; null follows the currency.
alter table network add column region text check (region ~ '^[A-Z]{2}$');

-- Archives that buyers made of their orders; the bytes are a blob, until it is swept.
create table dossier (
  network_id  uuid not null,
  dossier_id  uuid not null,
  tenant_id   uuid not null,
  owner_id    uuid not null,
  order_id    uuid not null,
  claim_id    uuid,
  sha256      bytea not null,
  byte_size   int not null check (byte_size > 0),
  created_at  timestamptz not null default now(),
  expires_at  timestamptz not null,
  primary key (network_id, dossier_id),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id),
  foreign key (network_id, owner_id) references app_user (network_id, user_id),
  foreign key (network_id, order_id) references orders (network_id, order_id),
  foreign key (network_id, claim_id) references claim (network_id, claim_id)
);
create index dossier_order on dossier (network_id, order_id);
create index dossier_blob on dossier (network_id, sha256);
call guard_table('dossier', false, $$
  (select app_scope()) = 'buyer' and owner_id = (select app_buyer())$$);
