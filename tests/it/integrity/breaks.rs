//! For each invariant what breaks it, and no other unless it can't be helped.

// An entry of 1 from one account without a guard to another.
macro_rules! concat_entry {
    ($key:literal, $to:literal, $from:literal) => {
        concat!(
            "with e as (insert into journal_entry (network_id, entry_id, key)
                        select network_id, gen_random_uuid(), ",
            $key,
            " from network limit 1 returning network_id, entry_id)
             insert into posting (network_id, entry_id, position, account_id, amount)
             select e.network_id, e.entry_id, row_number() over (), a.account_id, case a.kind when '",
            $to,
            "' then 1 else -1 end from e, account a where a.kind in ('",
            $to,
            "', '",
            $from,
            "')"
        )
    };
}

// One of several events of that type about one thing becomes something else.
macro_rules! lose {
    ($type:literal) => {
        concat!(
            "with n as (select event_id, row_number() over thing as place,
                               count(*) over (partition by tenant_id, subject_id) as times
                          from event_log where type = '",
            $type,
            "' window thing as (partition by tenant_id, subject_id order by seq))
             update event set type = 'STOCK_LOW'
              where event_id = (select event_id from n where place = 1 and times > 1 limit 1)"
        )
    };
}

/// Which invariants are red, by name, after this SQL. It runs past triggers and references, and is undone.
pub const BREAKS: &[(&[&str], &str)] = &[
    // Two entries off by one each: the account's sum stays.
    (
        &["I01_entries_balance"],
        "with c as (select p.network_id, p.entry_id, p.position, row_number() over (order by p.entry_id) as n
                      from posting p join account a using (network_id, account_id) where a.kind = 'GATEWAY_CLEARING')
         update posting p set amount = amount + case c.n when 1 then 1 else -1 end
           from c where (p.network_id, p.entry_id, p.position) = (c.network_id, c.entry_id, c.position) and c.n <= 2",
    ),
    (
        &["I02_entries_have_two_sides"],
        "insert into journal_entry (network_id, entry_id, key)
         select network_id, gen_random_uuid(), 'release:' || delivery_id || ':99' from delivery limit 1",
    ),
    // By an entry that a guard should have refused.
    (
        &["I03_wallets_keep_their_floor"],
        "alter table account drop constraint account_floor;
         with w as (select network_id, account_id, balance from account where kind = 'BUYER_WALLET' and balance > 0 limit 1),
              e as (insert into journal_entry (network_id, entry_id, key)
                    select network_id, gen_random_uuid(), 'release:' || delivery_id || ':98' from delivery limit 1
                    returning network_id, entry_id),
              p as (insert into posting (network_id, entry_id, position, account_id, amount)
                    select e.network_id, e.entry_id, 1, w.account_id, -w.balance - 1 from e, w
                    union all
                    select e.network_id, e.entry_id, 2, a.account_id, w.balance + 1
                      from e, w, account a where a.kind = 'NETWORK_FEES')
         update account a set balance = -1 from w where a.account_id = w.account_id",
    ),
    (
        &["I03_wallets_keep_their_floor"],
        "alter table account drop constraint account_kind;
         update account set constrained = true where kind = 'PROMOTION_EXPENSE'",
    ),
    (
        &["I04_wallets_are_their_postings"],
        "with w as (select account_id, row_number() over (order by account_id) as n from account
                     where kind = 'BUYER_WALLET' and balance > 0)
         update account a set balance = balance + case w.n when 1 then 1 else -1 end
           from w where a.account_id = w.account_id and w.n <= 2",
    ),
    (
        &["I05_folds_are_exact"],
        "update account set balance = balance + case kind when 'NETWORK_FEES' then 1 else -1 end
          where kind in ('NETWORK_FEES', 'PAYOUT_CLEARING')",
    ),
    (&["I05_folds_are_exact"], "update ledger_fold set below = '9000000000000'"),
    // Whenever the whole does not sum to zero, some account is not its postings either.
    (
        &["I05_folds_are_exact", "I06_books_sum_to_zero"],
        "update account set balance = balance + 1 where kind = 'NETWORK_FEES'",
    ),
    (
        &["I08_history_is_write_once"],
        "do $$ begin execute format('grant update on posting to %I',
           (select rolname from pg_roles where rolname like 'cardamom\\_app\\_%')); end $$",
    ),
    (
        &["I08_history_is_write_once"],
        "do $$ begin execute format('grant delete on orders to %I',
           (select rolname from pg_roles where rolname like 'cardamom\\_app\\_%')); end $$",
    ),
    (&["I08_history_is_write_once"], "alter table card disable trigger card_step"),
    (&["I09_entries_name_what_they_book"], concat_entry!("'gift:1'", "NETWORK_FEES", "PAYOUT_CLEARING")),
    (
        &["I10_paid_orders_have_one_sale"],
        "update orders set total = total + 1
          where order_id = (select order_id from orders where status = 'DELIVERED' and refunded = 0 limit 1)",
    ),
    (
        &["I11_unpaid_orders_move_nothing"],
        concat!(
            "insert into orders (network_id, order_id, site_id, buyer_id, number, status, total)
             select network_id, '00000000-0000-7000-8000-000000000011', site_id, buyer_id, 'X', 'CANCELED', 1
               from orders limit 1;
             insert into idempotency (network_id, tenant_id, actor_id, operation, key, input_hash, result_id)
             select network_id, site_id, buyer_id, 'orderPlace', 'x', '', order_id from orders where number = 'X';",
            concat_entry!("'order:00000000-0000-7000-8000-000000000011'", "NETWORK_FEES", "PAYOUT_CLEARING")
        ),
    ),
    // In two orders against each other: the tiers' sums stay.
    (
        &["I12_sales_credit_every_tier"],
        "with o as (select e.network_id, e.entry_id, row_number() over (order by e.entry_id) as n
                      from journal_entry e where e.key like 'order:%'),
              s as (select o.network_id, o.entry_id, p.position, a.kind, t.kind as tenant,
                           case when (o.n = 1) = (t.kind = 'SUPPLIER') then 1 else -1 end as off
                      from o join posting p using (network_id, entry_id) join account a using (network_id, account_id)
                      join tenant t on t.network_id = a.network_id and t.tenant_id = a.owner_id
                     where o.n <= 2 and a.kind = 'TENANT_HELD' and t.kind in ('SUPPLIER', 'OPERATOR'))
         update posting p set amount = amount + s.off
           from s where (p.network_id, p.entry_id, p.position) = (s.network_id, s.entry_id, s.position)",
    ),
    (
        &["I12b_units_share_their_line"],
        "update earning set earned = earned + 1
          where (delivery_id, tenant_id) = (select delivery_id, tenant_id from earning e join delivery d using (delivery_id)
                                             where d.replaces_id is null limit 1)",
    ),
    (
        &["I13_chains_telescope"],
        "update order_tier set unit_cost = unit_cost + 1
          where (order_id, line_no, position) = (select order_id, line_no, 1 from order_line limit 1)",
    ),
    (
        &["I13_chains_telescope"],
        "update order_tier set position = 7
          where (order_id, line_no, position) = (select order_id, line_no, 3 from order_line limit 1);
         update earning set position = 7
          where delivery_id in (select delivery_id from delivery d join order_tier t using (order_id, line_no)
                                 where t.position = 7) and position = 3",
    ),
    (
        &["I14_cards_are_handed_over_once", "I28c_logs_say_what_happened"],
        "update delivery set replaced_by_id = delivery_id
          where delivery_id = (select delivery_id from delivery where status = 'DELIVERED' and refunded = 0 limit 1)",
    ),
    // The same secret under two cards: one of them is not what its fingerprint says.
    (
        &["I14_cards_are_handed_over_once", "I36_every_seal_opens"],
        "alter table card drop constraint card_fingerprint;
         with c as (select card_id, fingerprint, row_number() over (order by card_id) as n from card where state = 'SOLD')
         update card set fingerprint = (select fingerprint from c where n = 1)
          where card_id = (select card_id from c where n = 2)",
    ),
    // One card in two deliveries: the other card is sold to nobody.
    (
        &["I14_cards_are_handed_over_once", "I15_deliveries_match_cards", "I28c_logs_say_what_happened"],
        "alter table delivery drop constraint delivery_card;
         with d as (select delivery_id, card_id, row_number() over (order by delivery_id) as n from delivery
                     where status = 'DELIVERED' and card_id is not null)
         update delivery set card_id = (select card_id from d where n = 1)
          where delivery_id = (select delivery_id from d where n = 2)",
    ),
    (
        &["I15_deliveries_match_cards"],
        "update card set state = 'SOLD' where card_id = (select card_id from card where state = 'AVAILABLE' limit 1)",
    ),
    (
        &["I15_deliveries_match_cards"],
        "update card set state = 'AVAILABLE' where card_id = (select card_id from card where state = 'SOLD' limit 1)",
    ),
    (
        &["I15_deliveries_match_cards"],
        "update delivery set status = 'DELIVERED'
          where delivery_id = (select delivery_id from delivery where status = 'PENDING' limit 1)",
    ),
    (
        &["I16_stock_is_what_was_loaded"],
        "update card_import set accepted = accepted + 1, processed = processed + 1, total = total + 1
          where import_id = (select import_id from card_import limit 1)",
    ),
    (
        &["I17_reveals_are_recorded"],
        "update delivery set revealed_at = now()
          where delivery_id = (select delivery_id from delivery where delivered_at is not null and revealed_at is null limit 1)",
    ),
    (
        &["I17_reveals_are_recorded"],
        "update reveal set actor_id = gen_random_uuid() where reveal_id = (select reveal_id from reveal limit 1)",
    ),
    (
        &["I18_refunds_add_up"],
        "update orders set refunded = 1
          where order_id = (select order_id from orders where status = 'DELIVERED' and refunded = 0 limit 1)",
    ),
    (
        &["I18_refunds_add_up"],
        "update delivery set refunded = 1
          where delivery_id = (select delivery_id from delivery where status = 'DELIVERED' and refunded = 0 limit 1)",
    ),
    (
        &["I18b_refunds_unwind_every_tier"],
        "update earning set given_back = given_back + 1
          where (delivery_id, tenant_id) = (select delivery_id, tenant_id from earning
                                             where held + given_back < earned limit 1)",
    ),
    (
        &["I21_claims_keep_their_history"],
        "update claim_step set from_status = 'APPEALED'
          where (claim_id, step_no) = (select claim_id, 2 from claim where version > 1 limit 1)",
    ),
    (
        &["I21b_claims_hold_their_unit"],
        "update delivery set status = 'DELIVERED'
          where delivery_id = (select delivery_id from delivery where status = 'UNDER_CLAIM' limit 1)",
    ),
    (
        &["I21b_claims_hold_their_unit"],
        "update claim set supplier_id = site_id where claim_id = (select claim_id from claim limit 1)",
    ),
    (
        &["I21c_claims_have_one_remedy"],
        "update claim set remedy_amount = remedy_amount + 1
          where claim_id = (select claim_id from claim where status = 'RESOLVED' and remedy = 'REFUND' limit 1)",
    ),
    (
        &["I21c_claims_have_one_remedy", "I21f_remedies_name_their_purses"],
        "update claim set remedy = 'REPLACE', remedy_amount = null
          where claim_id = (select claim_id from claim where status = 'RESOLVED' and remedy = 'COMPENSATE'
                               and claim_id not in (select claim_id from claim_offer) limit 1)",
    ),
    (
        &["I21d_desks_have_their_time"],
        "update claim set due_at = null
          where claim_id = (select claim_id from claim where status = 'SUBMITTED' limit 1)",
    ),
    (
        &["I21d_desks_have_their_time"],
        "update claim set decide_by = now() where claim_id = (select claim_id from claim where status = 'CLOSED' limit 1)",
    ),
    (
        &["I21d_desks_have_their_time"],
        "update claim_step set late_desk = 'SITE'
          where (claim_id, step_no) = (select claim_id, step_no from claim_step where actor_id is not null limit 1)",
    ),
    (
        &["I21e_offers_and_recalls_end"],
        "update claim_offer set status = 'OPEN', ended_at = null
          where offer_id = (select offer_id from claim_offer where status = 'ACCEPTED' limit 1)",
    ),
    (
        &["I21e_offers_and_recalls_end"],
        "update claim_offer set remedy = 'REFUND'
          where offer_id = (select offer_id from claim_offer where status = 'ACCEPTED' limit 1)",
    ),
    (
        &["I21e_offers_and_recalls_end"],
        "update claim_read set claim_id = (select claim_id from claim c
            where not exists (select from claim_read r where r.claim_id = c.claim_id) limit 1)
          where (claim_id, party) = (select claim_id, party from claim_read limit 1)",
    ),
    (
        &["I21e_offers_and_recalls_end"],
        "update recall_unit set status = 'REPLACED' where status = 'REFUNDED'",
    ),
    (&["I21e_offers_and_recalls_end"], "update recall_unit set status = 'WAITING', claim_id = null"),
    (
        &["I22b_lines_keep_their_terms"],
        "update order_line set answer_seconds = answer_seconds + 1
          where (order_id, line_no) = (select order_id, line_no from order_line l
            where not exists (select from delivery d where d.order_id = l.order_id and d.line_no = l.line_no
                                 and d.delivered_at is not null) limit 1)",
    ),
    // Every clause, with the digest that it has then: the log holds to what was sold.
    (
        &["I28c_logs_say_what_happened"],
        "update order_line l set appeal_seconds = 1, terms_version = left(encode(sha256((
           select string_agg(int8send(octet_length(words)::bigint) || convert_to(words, 'UTF8'), ''::bytea order by place)
             from (values (1, l.warranty_seconds::text), (2, l.answer_seconds::text), (3, l.decision_seconds::text),
                          (4, l.replacement_limit::text), (5, '1'), (6, array_to_string(l.covered_reasons, ',')),
                          (7, array_to_string(l.remedies, ','))) c (place, words))), 'hex'), 32)
          where (order_id, line_no) = (select order_id, line_no from delivery where status = 'DELIVERED' limit 1)",
    ),
    (
        &["I22_holds_end"],
        "update delivery set released_at = now()
          where delivery_id = (select delivery_id from earning where held > 0 limit 1)",
    ),
    (
        &["I22_holds_end"],
        "update delivery set release_at = now() - interval '1 hour'
          where delivery_id = (select delivery_id from delivery where status = 'DELIVERED' and released_at is null
                                  and release_at is not null limit 1)",
    ),
    // News in the middle of an order's: the first and the last still fit.
    (&["I24_orders_are_told"], lose!("ORDER_STATUS_CHANGED")),
    (&["I24b_claims_are_told"], lose!("WARRANTY_CLAIM_CHANGED")),
    (
        &["I24c_deliveries_are_told"],
        "update event set type = 'STOCK_LOW'
          where event_id = (select event_id from event where type = 'DELIVERY_MADE' limit 1)",
    ),
    (
        &["I24c_deliveries_are_told"],
        "update event set type = 'DELIVERY_MADE', subject_id = 'dlv_0'
          where event_id = (select event_id from event where type = 'WALLET_CHANGED' limit 1)",
    ),
    (
        &["I25_logs_have_no_gap"],
        "update event_page set first_seq = first_seq + 1, last_seq = last_seq + 1
          where (tenant_id, last_seq) = (select tenant_id, max(last_seq) from event_page group by tenant_id limit 1)",
    ),
    // Its own number of it, and its page's.
    (
        &["I25_logs_have_no_gap"],
        "update event set seqs[1] = seqs[1] + 1
          where event_id = (select event_id from event where type = 'WALLET_CHANGED' limit 1)",
    ),
    (
        &["I25_logs_have_no_gap"],
        "delete from event
          where event_id = (select event_id from event where type = 'WALLET_CHANGED' limit 1)",
    ),
    (
        &["I26_logs_keep_order"],
        "update event set order_status = 'PAID'
          where event_id = (select (array_agg(event_id order by seq desc))[1] from event_log
                             where type = 'ORDER_STATUS_CHANGED' group by tenant_id, subject_id limit 1)",
    ),
    (
        &["I27_no_event_waits"],
        "insert into outbox (network_id, facts, occurred_at)
         select network_id, jsonb_build_array(jsonb_build_object('event_id', gen_random_uuid(), 'type', 'STOCK_LOW',
                  'audience', array[tenant_id])), now() - interval '1 minute'
           from tenant limit 1",
    ),
    // The log alone: an entry that nothing follows, a head, a tile, the key.
    (
        &["I28_logs_are_whole", "I28c_logs_say_what_happened"],
        "update provenance_leaf set data = replace(data, 'IMPORTED', 'VOIDED')
          where (network_id, leaf_index) =
                (select network_id, leaf_index from provenance_leaf l
                  where data like '%IMPORTED%' and not exists
                        (select from provenance_leaf n where n.network_id = l.network_id and n.item = l.item and n.step_no = 2)
                  limit 1)",
    ),
    (
        &["I28_logs_are_whole"],
        "update provenance_checkpoint c set note = replace(note, E'\n' || size || E'\n', E'\n' || size + 1 || E'\n')
          where size = (select max(size) from provenance_checkpoint)",
    ),
    (
        &["I28_logs_are_whole"],
        "update provenance_log set edge[1] = set_byte(edge[1], 5, get_byte(edge[1], 5) # 1)",
    ),
    (&["I28_logs_are_whole"], "update provenance_log set signed_size = signed_size - 1"),
    (
        &["I28_logs_are_whole"],
        "update provenance_log set vkey = replace(vkey, '+', '-')",
    ),
    // The last one is gone, and the log knows of it.
    (
        &["I28_logs_are_whole", "I28c_logs_say_what_happened"],
        "delete from provenance_leaf l using (select network_id, max(leaf_index) as last from provenance_leaf group by 1) m
          where l.network_id = m.network_id and l.leaf_index = m.last",
    ),
    // Sold a second time, hashed and all: the unfinished tile is another's.
    (
        &["I28_logs_are_whole", "I28b_histories_are_chains", "I28c_logs_say_what_happened"],
        "insert into provenance_leaf (network_id, leaf_index, item, step_no, data)
         select l.network_id, g.size, l.item, n.last + 1,
                replace(replace(l.data, '\"n\":' || l.step_no, '\"n\":' || n.last + 1), l.data::jsonb->>'previous',
                        encode(sha256('\\x00'::bytea || convert_to(p.data, 'UTF8')), 'base64'))
           from (select * from provenance_leaf where data like '%\"SOLD\"%' order by leaf_index limit 1) l
           join provenance_log g using (network_id)
           join lateral (select max(step_no) as last from provenance_leaf x
                          where x.network_id = l.network_id and x.item = l.item) n on true
           join provenance_leaf p on p.network_id = l.network_id and p.item = l.item and p.step_no = n.last;
         update provenance_log set size = size + 1",
    ),
    // What the rows say is another sale than the log has: other terms, another time, another card.
    (
        &["I22b_lines_keep_their_terms", "I28c_logs_say_what_happened"],
        "update order_line set warranty_seconds = warranty_seconds + 1
          where (order_id, line_no) = (select order_id, line_no from delivery where status = 'DELIVERED' limit 1)",
    ),
    (
        &["I28c_logs_say_what_happened"],
        "update claim set opened_at = opened_at - interval '1 microsecond'
          where claim_id = (select claim_id from claim where status = 'WITHDRAWN' limit 1)",
    ),
    (
        &["I28d_no_step_waits"],
        "insert into provenance_queue (network_id, kind, items, at)
         select network_id, 'VOIDED', array[gen_random_uuid()], now() - interval '1 minute' from network limit 1",
    ),
    (
        &["I31_keys_have_one_effect"],
        "delete from idempotency where key = (select key from idempotency where operation = 'orderPlace' limit 1)",
    ),
    (
        &["I31_keys_have_one_effect"],
        "insert into idempotency (network_id, tenant_id, actor_id, operation, key, input_hash, result_id)
         select network_id, tenant_id, actor_id, operation, 'another', '', result_id
           from idempotency where operation = 'walletCredit' limit 1",
    ),
    (&["I32_walls_stand"], "alter table orders no force row level security"),
    (&["I32_walls_stand"], "create table loose (network_id uuid not null, loose_id uuid primary key)"),
    (&["I32_walls_stand"], "create view peep as select * from card"),
    (
        &["I32b_tenants_form_a_tree"],
        "update tenant b set lineage = array[b.lineage[1], s.tenant_id, b.tenant_id]
           from tenant s where s.kind = 'SUPPLIER' and b.depth = 2",
    ),
    (&["I32b_tenants_form_a_tree"], "delete from directory where handle = (select handle from directory limit 1)"),
    (
        &["I32c_copies_agree"],
        "update supply_price p set supplier_id = t.tenant_id
           from tenant t where t.kind = 'SUPPLIER' and t.tenant_id <> p.supplier_id",
    ),
    (
        &["I32d_references_lead_somewhere"],
        "update order_line set variant_id = gen_random_uuid()
          where line_id = (select line_id from order_line where fulfilment = 'MANUAL' limit 1)",
    ),
    (
        &["I33_nobody_sees_a_strangers_rows"],
        "drop policy own on earning; create policy own on earning for select using (true)",
    ),
    (
        &["I33_nobody_sees_a_strangers_rows"],
        "drop policy own on claim;
         create policy own on claim for select using (network_id = (select app_network()))",
    ),
    (
        &["I34_grants_are_understood"],
        "update role_grant set builtin = 'emperor'
          where grant_id = (select grant_id from role_grant where revoked_at is null limit 1)",
    ),
    (
        &["I35_the_disabled_are_out"],
        "update app_user set status = 'DISABLED'
          where user_id = (select user_id from session where revoked_at is null limit 1)",
    ),
    (
        &["I36_every_seal_opens"],
        "with c as (select card_id, sealed, row_number() over (order by card_id) as n from card)
         update card set sealed = (select sealed from c where n = 1) where card_id = (select card_id from c where n = 2)",
    ),
    (
        &["I36_every_seal_opens"],
        "update delivery set sealed = set_byte(sealed, 14, get_byte(sealed, 14) # 1) where sealed is not null",
    ),
    (&["I36_every_seal_opens"], "update data_key set wrapped = set_byte(wrapped, 14, get_byte(wrapped, 14) # 1)"),
    // All rows agree on a file that is not there.
    (
        &["I38_files_are_kept"],
        "insert into blob select network_id, sha256(sha256), byte_size, null from blob where sweep_at is null;
         update evidence set sha256 = sha256(sha256);
         update upload set sha256 = sha256(sha256) where state = 'ATTACHED'",
    ),
    (&["I38b_evidence_is_what_was_sent"], "update evidence set place = place + 1 where place = 2"),
    (&["I38b_evidence_is_what_was_sent"], "update evidence set uploader_id = gen_random_uuid() where place = 1"),
    (&["I38b_evidence_is_what_was_sent"], "delete from evidence where place = 2"),
    (&["I38b_evidence_is_what_was_sent"], "update blob set sweep_at = now() + interval '1 day' where sweep_at is null"),
    (&["I38b_evidence_is_what_was_sent"], "update file_quota set files = 61"),
    (
        &["I39_no_import_is_stuck"],
        "update card_import set status = 'RUNNING', finished_at = null, lease_until = now() - interval '1 hour'
          where import_id = (select import_id from card_import limit 1)",
    ),
    (
        &["I40_money_comes_in_by_credits"],
        concat_entry!(
            "'release:' || (select delivery_id from delivery limit 1) || ':97'",
            "NETWORK_FEES",
            "GATEWAY_CLEARING"
        ),
    ),
    (
        &["I41_held_money_was_earned"],
        "update earning set held = held - 1
          where (delivery_id, tenant_id) = (select delivery_id, tenant_id from earning where held > 0 limit 1)",
    ),
];
