//! What must be so whatever happened: each invariant is one SQL file that finds the rows that break it.
//!
//! All run on one snapshot as the tables' owner. A statement says nothing of networks: an owner that row security
//! does not hold sees all of them at once, any other is shown one after the other. Five can't be said in SQL
//! alone: [`walls`] looks through the application's eyes, [`seals`] opens every sealed secret, [`logs`] hashes the
//! provenance logs again, [`histories`] writes their leaves again, [`files`]
//! reads every file.
//!
//! Deliberately absent: anything that repairs. A broken invariant is a bug, and its rows are the evidence.

mod files;
mod histories;
mod logs;
mod run;
mod seals;
mod walls;

pub use run::{Broken, Finding, Report, check, inspect, wait_for_events};

/// Where an invariant looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Over {
    /// The rows of networks.
    Rows,
    /// The catalogue, which is the same for all of them.
    Catalogue,
}

struct Invariant {
    name: &'static str,
    over: Over,
    sql: &'static str,
}

macro_rules! invariants {
    ($($over:ident $name:literal),+ $(,)?) => {
        &[$(Invariant { name: $name, over: Over::$over, sql: include_str!(concat!("sql/", $name, ".sql")) }),+]
    };
}

// I28, I28c, I33, I36 and I38 are in `logs`, `histories`, `walls`, `seals` and `files`. The numbers are the design's; those that are missing speak of what is
// not built yet.
const INVARIANTS: &[Invariant] = invariants![
    Rows "I01_entries_balance",
    Rows "I02_entries_have_two_sides",
    Rows "I03_wallets_keep_their_floor",
    Rows "I04_wallets_are_their_postings",
    Rows "I05_folds_are_exact",
    Rows "I06_books_sum_to_zero",
    Catalogue "I08_history_is_write_once",
    Rows "I09_entries_name_what_they_book",
    Rows "I10_paid_orders_have_one_sale",
    Rows "I11_unpaid_orders_move_nothing",
    Rows "I12_sales_credit_every_tier",
    Rows "I12b_units_share_their_line",
    Rows "I13_chains_telescope",
    Rows "I14_cards_are_handed_over_once",
    Rows "I15_deliveries_match_cards",
    Rows "I16_stock_is_what_was_loaded",
    Rows "I17_reveals_are_recorded",
    Rows "I18_refunds_add_up",
    Rows "I18b_refunds_unwind_every_tier",
    Rows "I21_claims_keep_their_history",
    Rows "I21b_claims_hold_their_unit",
    Rows "I21c_claims_have_one_remedy",
    Rows "I21d_desks_have_their_time",
    Rows "I21e_offers_and_recalls_end",
    Rows "I21f_remedies_name_their_purses",
    Rows "I22_holds_end",
    Rows "I22b_lines_keep_their_terms",
    Rows "I22c_lines_hold_their_plan",
    Rows "I24_orders_are_told",
    Rows "I24b_claims_are_told",
    Rows "I24c_deliveries_are_told",
    Rows "I25_logs_have_no_gap",
    Rows "I26_logs_keep_order",
    Rows "I27_no_event_waits",
    Rows "I28b_histories_are_chains",
    Rows "I28d_no_step_waits",
    Rows "I31_keys_have_one_effect",
    Catalogue "I32_walls_stand",
    Rows "I32b_tenants_form_a_tree",
    Rows "I32c_copies_agree",
    Rows "I32d_references_lead_somewhere",
    Rows "I34_grants_are_understood",
    Rows "I35_the_disabled_are_out",
    Rows "I38b_evidence_is_what_was_sent",
    Rows "I39_no_import_is_stuck",
    Rows "I40_money_comes_in_by_credits",
    Rows "I41_held_money_was_earned",
    Rows "I42_coupons_are_counted",
];

/// Every invariant by name, in the order in which a report lists them.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = INVARIANTS.iter().map(|invariant| invariant.name).collect();
    names.extend([walls::NAME, seals::NAME, logs::NAME, histories::NAME, files::NAME]);
    names.sort_unstable();
    names
}
