-- Double entry. Entries and postings are append-only: the application may not update or delete them.

create table account (
  network_id  uuid not null,
  account_id  uuid not null,
  kind        text not null check (kind in ('BUYER_WALLET', 'TENANT_WALLET', 'TENANT_HELD', 'SUPPLIER_DEPOSIT',
                'NETWORK_FEES', 'GATEWAY_CLEARING', 'PAYOUT_CLEARING', 'PROMOTION_EXPENSE', 'BUYER_PROTECTION_FUND')),
  -- The tenant or buyer that it belongs to; the network's own accounts name its operator.
  owner_id    uuid not null,
  -- A constrained account's balance is exact and guarded; another's is what has been folded so far.
  constrained boolean not null,
  balance     bigint not null default 0,
  primary key (network_id, account_id),
  constraint account_owner unique (network_id, kind, owner_id),
  constraint account_floor check (not constrained or balance >= 0),
  constraint account_kind check (constrained = (kind in
    ('BUYER_WALLET', 'TENANT_WALLET', 'SUPPLIER_DEPOSIT', 'BUYER_PROTECTION_FUND'))),
  foreign key (network_id) references network
) with (fillfactor = 70);
call guard_table('account', true, $$
  ((select app_scope()) = 'tenant' and owner_id = (select app_tenant()))
  or ((select app_scope()) = 'buyer' and owner_id = (select app_buyer()))$$);

create table journal_entry (
  network_id  uuid not null,
  entry_id    uuid not null,
  -- The business fact that it books, once: order:{id}, refund:{id}, claim:{id}:…, credit:{key} …
  key         text not null,
  -- What whoever moved the money calls it, e.g. a bank's reference.
  memo        text check (length(memo) <= 200),
  occurred_at timestamptz not null default now(),
  primary key (network_id, entry_id),
  constraint journal_entry_key unique (network_id, key)
);

create table posting (
  network_id uuid not null,
  entry_id   uuid not null,
  position   int  not null,
  account_id uuid not null,
  amount     bigint not null check (amount <> 0), -- minor units; positive credits the account
  xid        xid8 not null default pg_current_xact_id(),
  primary key (network_id, entry_id, position)
);
call refer('posting_entry', 'posting', '{network_id, entry_id}', 'journal_entry', '{network_id, entry_id}');
call refer('posting_to', 'posting', '{network_id, account_id}', 'account', '{network_id, account_id}');
create index posting_account on posting (network_id, account_id, xid);
create index posting_fold on posting (network_id, xid);
call guard_table('posting', true, $$
  exists (select from account a where a.network_id = posting.network_id and a.account_id = posting.account_id)$$);
-- The folding runner looks for networks with something new; it reads nothing else here.
create policy runners on posting for select using ((select app_scope()) = 'installation');
call guard_table('journal_entry', true, $$
  exists (select from posting p where p.network_id = journal_entry.network_id and p.entry_id = journal_entry.entry_id)$$);

-- The books cannot drift: postings of an entry arrive in one statement and sum to zero in it.
create function posting_balanced() returns trigger language plpgsql as $$
begin
  if exists (select from added group by network_id, entry_id having sum(amount) <> 0 or count(*) < 2) then
    raise exception 'postings of an entry must balance' using errcode = 'check_violation', constraint = 'posting_balanced';
  end if;
  return null;
end $$;
create trigger posting_balanced after insert on posting
  referencing new table as added for each statement execute function posting_balanced();

-- How far the append-only accounts have been folded into their balances: every posting with xid below.
create table ledger_fold (
  network_id uuid primary key references network,
  below      xid8 not null
);
call guard_table('ledger_fold', true, 'true');
call open_to_runners('ledger_fold');
