//! Stock: imports for suppliers, reveals for buyers.

use super::{
    audit,
    catalogue::{Variant, visible_variants},
    error::{self, UserError},
    loader::VariantOf,
    orders::{self, Delivery},
    scalar::DateTime,
    session::{Ask, Session, nullable, read},
};
use crate::{
    access::TenantKind,
    catalogue::VariantId,
    connection,
    foundation::{No, Page, now, page},
    inventory::{self, ImportId, ImportRequest, Revealed, import_cards},
    orders::DeliveryId,
    payload,
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use std::{collections::HashMap, io::Cursor};
use zeroize::Zeroizing;

/// How the cards of an import are written down.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "inventory::CardFormat")]
pub enum CardFormat {
    /// A secret on each line.
    Lines,
    /// The first row names the columns: secret, and any of number, password, expires_at, cost, note.
    Csv,
}

/// Where an import stands.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "inventory::ImportStatus")]
pub enum CardImportStatus {
    /// At work.
    Running,
    /// Every line has been looked at.
    Done,
    /// Cut off. What was accepted until then is in stock; the same call continues it.
    Failed,
}

/// An import of cards: how far it is, and what became of its lines.
#[derive(Clone)]
pub struct CardImport(pub inventory::Import);

/// An import of cards: how far it is, and what became of its lines.
#[Object]
impl CardImport {
    /// The import.
    pub async fn id(&self) -> ID {
        ID(self.0.import_id.to_string())
    }

    /// Where it stands.
    async fn status(&self) -> CardImportStatus {
        self.0.status.into()
    }

    /// It only reported what would happen.
    async fn dry_run(&self) -> bool {
        self.0.dry_run
    }

    /// Lines in the whole content that are not blank; 0 until its end has been seen.
    async fn total(&self) -> i32 {
        self.0.total
    }

    /// Lines looked at so far.
    async fn processed(&self) -> i32 {
        self.0.processed
    }

    /// Lines whose card was taken.
    async fn accepted(&self) -> i32 {
        self.0.accepted
    }

    /// Lines whose card stands on an earlier line, or was imported before.
    async fn duplicates(&self) -> i32 {
        self.0.duplicates
    }

    /// Lines that hold no card that could be sold.
    async fn rejected(&self) -> i32 {
        self.0.rejected
    }

    /// The first 100 lines that were not taken, with why. Never the secret itself.
    async fn problems(&self) -> Vec<CardImportProblem> {
        let problems = self.0.problems.0.iter();
        problems.map(|one| CardImportProblem { line: one.line, reason: one.reason.clone() }).collect()
    }

    /// Why it failed, and how to go on.
    async fn failure(&self) -> Option<&str> {
        self.0.failure.as_deref()
    }

    /// When it began.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// What its cards are units of; null where the caller may not see it.
    async fn variant(&self, ctx: &Context<'_>) -> Option<Result<Variant>> {
        nullable(async { ctx.loaders().variants.load_one(VariantOf(VariantId(self.0.variant_id))).await })
            .await
    }

    /// When its unsold cards were taken out of stock again.
    async fn withdrawn_at(&self) -> Option<DateTime> {
        self.0.withdrawn_at.map(DateTime)
    }
}

/// One line of an import that was not taken.
#[derive(SimpleObject, Clone)]
pub struct CardImportProblem {
    /// Where the line begins, counted from 1.
    line: i32,
    /// Why it was not taken.
    reason: String,
}

/// What a buyer bought: the card itself.
#[derive(SimpleObject)]
pub struct DeliveryContent {
    /// The code.
    secret: String,
    /// The card's number, where it has one.
    number: Option<String>,
    /// The password that goes with it.
    password: Option<String>,
    /// When it stops working.
    expires_at: Option<DateTime>,
}

impl From<&inventory::Secret> for DeliveryContent {
    fn from(secret: &inventory::Secret) -> Self {
        Self {
            secret: secret.secret().to_owned(),
            number: secret.number().map(String::from),
            password: secret.password().map(String::from),
            expires_at: secret.expires_at().map(DateTime),
        }
    }
}

/// Cards to import.
#[derive(InputObject)]
pub struct CardsImportInput {
    /// What the cards are units of; one of the caller's own variants that is fulfilled from stock.
    variant_id: ID,
    /// How they are written down.
    format: CardFormat,
    /// The cards.
    content: String,
    /// Reports what would happen and stores nothing.
    #[graphql(default_with = "Some(false)")]
    dry_run: Option<bool>,
    /// Names this import. The same key with the same content answers it, or continues it where it was cut off.
    idempotency_key: String,
}

/// Which import to take back.
#[derive(InputObject)]
pub struct CardImportWithdrawInput {
    /// The import.
    import_id: ID,
}

/// Which delivery to reveal.
#[derive(InputObject)]
pub struct DeliveryRevealInput {
    /// The delivery; the caller's own.
    delivery_id: ID,
}

payload! {
    /// The import, or why there is none.
    CardsImportPayload {
        /// The import.
        import: CardImport
    }
}

payload! {
    /// The import whose unsold cards were taken back, or why they were not.
    CardImportWithdrawPayload {
        /// The import.
        import: CardImport
    }
}

/// What was revealed, or why nothing was.
#[derive(SimpleObject)]
pub struct DeliveryRevealPayload {
    /// The delivery, which now says when it was revealed first.
    delivery: Option<Delivery>,
    /// The card itself.
    content: Option<DeliveryContent>,
    /// Why not; empty when it was done.
    errors: Vec<UserError>,
}

connection!(CardImport, CardImportEdge, CardImportConnection);

/// An import by its id, if the caller may see it.
pub async fn visible_import(session: &Session, id: ImportId) -> Result<Option<CardImport>> {
    let Ok(permit) = session.viewer.permit("Query.cardImport") else { return Ok(None) };
    let found = import_cards::find(&session.services.db, &permit, id).await;
    Ok(found.map_err(error::top)?.map(CardImport))
}

/// Reading stock.
#[derive(Default)]
pub struct InventoryQuery;

#[Object]
impl InventoryQuery {
    /// An import of cards, for its supplier and the operator.
    async fn card_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import.")] id: ID,
    ) -> Option<Result<CardImport>> {
        let find = async {
            ctx.permit()?;
            let Ok(import) = id.parse() else { return Ok(None) };
            visible_import(ctx.session(), import).await
        };
        find.await.transpose()
    }

    /// Imports of cards, the newest first: a supplier's own, everyone's for the operator.
    async fn card_imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(20)", desc = "1 to 100.")] first: Option<i32>,
        #[graphql(desc = "A cursor of this list.")] after: Option<String>,
        #[graphql(desc = "Only those for this variant.")] variant_id: Option<ID>,
    ) -> Option<Result<CardImportConnection>> {
        nullable(async {
            let permit = ctx.permit()?;
            let sealer = &ctx.services().sealer;
            let request = read(page::request(sealer, "card imports", first.unwrap_or(20), after.as_deref()))?;
            let page = match variant_id.map(|id| id.parse::<VariantId>()).transpose() {
                Ok(variant) => {
                    let variant = variant.map(|variant| variant.0);
                    read(import_cards::list(&ctx.services().db, &permit, variant, &request).await)?
                }
                // What is no variant's id is like one that nobody has.
                Err(_) => Page::of(Vec::new(), request.first, request.after.is_some()),
            };
            let page = page.map(|import| (import.import_id.0, CardImport(import)));
            Ok(Some(CardImportConnection::of(sealer, "card imports", page)))
        })
        .await
    }

    /// Variants on sale whose stock is at or below its alarm level, those that have none left first: a supplier's
    /// own, everyone's for the operator.
    async fn stock_low(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 20, desc = "1 to 100.")] first: Option<i32>,
    ) -> Option<Result<Vec<Variant>>> {
        nullable(async {
            let permit = ctx.permit()?;
            let most = read(page::request(&ctx.services().sealer, "", first.unwrap_or(20), None))?.first;
            let shelf = ctx.services().views.shelf(permit.place(), permit.actor()).await;
            let shelf = read(shelf.map_err(No::Fault))?;
            let supplier = (permit.place().kind == TenantKind::Supplier).then_some(permit.tenant());
            let low = shelf.low(supplier, usize::try_from(most).unwrap_or_default(), now());
            let mut found: HashMap<_, _> = visible_variants(ctx.session(), &low).await?.into_iter().collect();
            Ok(Some(low.into_iter().filter_map(|variant| found.remove(&variant)).collect()))
        })
        .await
    }
}

/// Changing stock, and revealing what was bought.
#[derive(Default)]
pub struct InventoryMutation;

#[Object]
impl InventoryMutation {
    /// Imports cards for a variant of the caller's, and reports on every line that was not taken.
    async fn cards_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The cards.")] input: CardsImportInput,
    ) -> Result<CardsImportPayload> {
        let permit = ctx.permit()?;
        let content = Zeroizing::new(input.content.into_bytes());
        let imported = async {
            let variant: crate::catalogue::VariantId =
                input.variant_id.parse().map_err(|_| No::not_found("variantId"))?;
            let request = ImportRequest {
                variant: variant.0,
                format: input.format.into(),
                content: Cursor::new(content),
                dry_run: input.dry_run.unwrap_or(false),
                idempotency_key: input.idempotency_key,
            };
            let import =
                import_cards::import(&ctx.services().db, &ctx.services().vault, &permit, request).await?;
            audit::made(&import.import_id);
            Ok(import)
        };
        CardsImportPayload::of(imported.await.map(CardImport))
    }

    /// Takes an import's unsold cards out of stock for good.
    async fn card_import_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which import.")] input: CardImportWithdrawInput,
    ) -> Result<CardImportWithdrawPayload> {
        let permit = ctx.permit()?;
        let withdrawn = async {
            let import = input.import_id.parse().map_err(|_| No::not_found("importId"))?;
            inventory::withdraw_import(&ctx.services().db, &permit, import).await
        };
        CardImportWithdrawPayload::of(withdrawn.await.map(CardImport))
    }

    /// Shows the buyer what a delivery holds. Each call is recorded: who, when and from where.
    async fn delivery_reveal(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which delivery.")] input: DeliveryRevealInput,
    ) -> Result<DeliveryRevealPayload> {
        let permit = ctx.permit()?;
        let revealed = async {
            let delivery: DeliveryId = input.delivery_id.parse().map_err(|_| No::not_found("deliveryId"))?;
            inventory::reveal(&ctx.services().db, &ctx.services().vault, &permit, delivery.0).await
        };
        let (revealed, errors) = error::split(revealed.await)?;
        let Some(Revealed { delivery, content }) = revealed else {
            return Ok(DeliveryRevealPayload { delivery: None, content: None, errors });
        };
        let delivery = orders::delivery(ctx.session(), DeliveryId(delivery)).await?;
        Ok(DeliveryRevealPayload { delivery, content: Some((&content).into()), errors })
    }
}
