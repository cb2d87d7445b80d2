//! GraphQL: parse, delegate, answer. No rules, no SQL.

pub mod account;
pub mod answers;
pub mod audit;
pub mod catalogue;
pub mod coupons;
pub mod dossier;
pub mod error;
pub mod events;
pub mod evidence;
pub mod identity;
pub mod inventory;
pub mod ledger;
pub mod loader;
pub mod node;
pub mod orders;
pub mod page;
pub mod payload;
pub mod plans;
pub mod pricing;
pub mod provenance;
pub mod qualification;
pub mod quote;
pub mod receipt;
pub mod report;
pub mod scalar;
pub mod session;
pub mod settings;
pub mod staff;
pub mod standing;
pub mod statement;
pub mod tenancy;
pub mod terms;
pub mod warranty;

pub use answers::Answers;
pub use session::{Ask, Services, Session};

use async_graphql::{MergedObject, MergedSubscription};

/// What may be read.
#[derive(MergedObject, Default)]
pub struct Query(
    node::NodeQuery,
    identity::IdentityQuery,
    tenancy::TenancyQuery,
    settings::SettingsQuery,
    pricing::PricingQuery,
    quote::QuoteQuery,
    coupons::CouponsQuery,
    pricing::RulesQuery,
    orders::OrdersQuery,
    warranty::WarrantyQuery,
    provenance::ProvenanceQuery,
    warranty::BeforeQuery,
    warranty::RecallQuery,
    warranty::GuardQuery,
    terms::TermsQuery,
    catalogue::CatalogueQuery,
    inventory::InventoryQuery,
    ledger::LedgerQuery,
    events::EventsQuery,
    staff::StaffQuery,
    report::ReportQuery,
    qualification::QualificationQuery,
    receipt::ReceiptQuery,
    audit::AuditQuery,
);

/// What may be changed. Each takes one `input` and answers the object, or why not.
#[derive(MergedObject, Default)]
pub struct Mutation(
    identity::IdentityMutation,
    account::AccountMutation,
    tenancy::TenancyMutation,
    settings::SettingsMutation,
    qualification::QualificationMutation,
    catalogue::CatalogueMutation,
    inventory::InventoryMutation,
    pricing::PricingMutation,
    coupons::CouponsMutation,
    pricing::RulesMutation,
    ledger::LedgerMutation,
    orders::OrdersMutation,
    warranty::WarrantyMutation,
    warranty::TalkMutation,
    warranty::BeforeMutation,
    warranty::RecallMutation,
    warranty::GuardMutation,
    terms::TermsMutation,
    plans::PlansMutation,
    evidence::EvidenceMutation,
    standing::StandingMutation,
    dossier::DossierMutation,
    staff::StaffMutation,
);

/// What may be followed as it happens.
#[derive(MergedSubscription, Default)]
pub struct Subscription(events::EventsSubscription, warranty::TalkSubscription);

/// The schema, ready to serve.
pub type Schema = async_graphql::Schema<Query, audit::Audited, Subscription>;

/// Builds the schema. The gate in front of it bounds depth, cost and fragments; here stand only the
/// executor's own last bounds.
pub fn schema() -> Schema {
    async_graphql::Schema::build(Query::default(), audit::Audited::default(), Subscription::default())
        // The gate has validated what gets here, against the same schema and more strictly.
        .validation_mode(async_graphql::ValidationMode::Fast)
        .disable_suggestions()
        .finish()
}

/// The schema as clients see it.
pub fn sdl() -> String {
    schema().sdl_with_options(
        async_graphql::SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{ContainerType, Context};

    fn size<'a, T: 'a, F: Future + 'a>(_: impl Fn(&'a T, &'a Context<'a>) -> F) -> usize {
        std::mem::size_of::<F>()
    }

    #[test]
    fn a_root_field_is_small_before_anything_is_read() {
        // The executor makes room for the largest of all fields and moves it, whichever is asked for: 25,000 bytes
        // once, a connection being got in the middle of each.
        let bytes = size(<Query as ContainerType>::resolve_field);
        assert!(bytes <= 4_096, "{bytes} bytes");
    }
}
