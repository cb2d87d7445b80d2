-- Files that people hand in: how they arrive, what is kept of them, what they are evidence of.

-- What the object store holds, a row a content. The row is there before the object: an object without a row is
-- nobody's. Who keeps something for good takes the date away; who throws something away holds the row meanwhile.
create table blob (
  network_id uuid not null references network,
  sha256     bytea not null check (length(sha256) = 32),
  byte_size  int not null check (byte_size > 0),
  -- When it may be thrown away; null once something rests on it.
  sweep_at   timestamptz,
  primary key (network_id, sha256)
);
create index blob_sweep on blob (sweep_at) where sweep_at is not null;
call guard_table('blob', false, null);
call open_to_runners('blob');

-- What one person had made in a day: the row is the lock and the bound at once.
create table file_quota (
  network_id uuid not null references network,
  owner_id   uuid not null,
  purpose    text not null check (purpose in ('EVIDENCE', 'DOSSIER')),
  day        date not null,
  files      int not null check (files > 0),
  bytes      bigint not null check (bytes >= 0),
  primary key (network_id, owner_id, purpose, day)
);
call guard_table('file_quota', false, null);

-- Leave to send one file, once, for a while.
create table upload (
  network_id      uuid not null,
  upload_id       uuid not null,
  purpose         text not null check (purpose in ('EVIDENCE')),
  tenant_id       uuid not null,
  owner_id        uuid not null,
  delivery_id     uuid not null,
  claim_id        uuid, -- null: for a claim on the delivery that is not opened yet
  kind            text not null,
  file_name       text not null, -- as its sender calls it
  byte_size       int not null check (byte_size between 1 and 10485760),
  expected        bytea check (length(expected) = 32), -- the SHA-256 that was announced
  state           text not null check (state in ('OPEN', 'STORED', 'ATTACHED', 'EXPIRED')),
  media_type      text,
  sha256          bytea, -- of what is kept
  kept_size       int,
  original_sha256 bytea, -- of what arrived
  dhash           bigint,
  created_at      timestamptz not null default now(),
  expires_at      timestamptz not null,
  primary key (network_id, upload_id),
  constraint upload_kept check ((state in ('STORED', 'ATTACHED')) = (sha256 is not null)),
  foreign key (network_id, tenant_id) references tenant (network_id, tenant_id),
  foreign key (network_id, delivery_id) references delivery (network_id, delivery_id),
  foreign key (network_id, claim_id) references claim (network_id, claim_id),
  foreign key (network_id, sha256) references blob (network_id, sha256)
);
create index upload_due on upload (expires_at) where state in ('OPEN', 'STORED');
create index upload_blob on upload (network_id, sha256) where sha256 is not null;
call guard_table('upload', false, null);
call open_to_runners('upload');

-- What a claim rests on. Written once: the application may neither change nor delete it.
create table evidence (
  network_id      uuid not null,
  evidence_id     uuid not null,
  claim_id        uuid not null,
  place           int not null check (place between 1 and 20), -- within its claim, without gaps
  upload_id       uuid not null,
  uploader_id     uuid not null,
  party           text not null check (party in ('BUYER', 'SITE', 'SUPPLIER', 'OPERATOR')),
  kind            text not null,
  file_name       text not null,
  media_type      text not null,
  byte_size       int not null check (byte_size > 0),
  sha256          bytea not null,
  original_sha256 bytea not null,
  -- How a picture looks, in 64 bits, and the same in seven parts: of two that differ in up to six bits one part is
  -- the same, so that near duplicates are found by an index.
  dhash           bigint,
  bands           int[],
  submitted_at    timestamptz not null default now(),
  primary key (network_id, evidence_id),
  constraint evidence_place unique (network_id, claim_id, place),
  constraint evidence_upload unique (network_id, upload_id),
  foreign key (network_id, claim_id) references claim (network_id, claim_id),
  foreign key (network_id, upload_id) references upload (network_id, upload_id),
  foreign key (network_id, sha256) references blob (network_id, sha256)
);
create index evidence_same on evidence (network_id, sha256);
create index evidence_original on evidence (network_id, original_sha256);
create index evidence_like on evidence using gin (bands) where bands is not null;
-- The buyer, the selling site, the supplier and the operator. The tiers between them see the claim and not this: it
-- may show more of a buyer than they may know.
call guard_table('evidence', true, $$
  exists (select from claim c where c.network_id = evidence.network_id and c.claim_id = evidence.claim_id
    and ((select app_scope()) = 'buyer' or c.site_id = (select app_tenant()) or c.supplier_id = (select app_tenant())))$$);
