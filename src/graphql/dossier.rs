//! Dossiers, and where a buyer goes when nothing here has helped.

use super::{
    loader::{DossiersOf, RouteOf},
    scalar::DateTime,
    session::{Ask, id, nullable},
};
use crate::{
    dossier::{self, About, PURPOSE},
    evidence::{self, Linked},
    foundation::{No, blobs::hex, sign::Signer},
    orders::OrderId,
    payload, warranty,
};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};

/// A signed archive of an order: what a buyer needs to go to a consumer authority.
#[derive(Clone)]
pub struct Dossier(pub dossier::Dossier);

/// A signed archive of an order: what a buyer needs to go to a consumer authority. Its `manifest.json` lists every
/// file with its SHA-256, and `manifest.sig` is the list's Ed25519 signature.
#[Object]
impl Dossier {
    /// Opaque; begins with dos_.
    async fn id(&self) -> ID {
        ID(self.0.dossier_id.to_string())
    }

    /// Its length.
    async fn byte_size(&self) -> i32 {
        self.0.byte_size
    }

    /// SHA-256, in hex.
    async fn sha256(&self) -> String {
        hex(&self.0.sha256)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Until when it is kept.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// What verifies the signature: the network's own Ed25519 key, 32 bytes in hex. The same in every archive of the
    /// network.
    async fn public_key(&self, ctx: &Context<'_>) -> Result<String> {
        let signer = Signer::of(&ctx.services().sealer, PURPOSE, ctx.network().0);
        Ok(hex(signer.map_err(|fault| super::error::internal(&fault))?.public_key()))
    }

    /// Where to fetch it for five minutes: a path at the address of the API.
    async fn download_url(&self, ctx: &Context<'_>) -> String {
        let (sealer, network) = (&ctx.services().sealer, ctx.network());
        evidence::link(sealer, Linked::Dossier, network, self.0.dossier_id.0, self.0.now)
    }
}

/// Who takes a consumer's complaint.
#[derive(SimpleObject, Clone)]
pub struct Escalation {
    /// ISO 3166, or EU; empty where it is for anybody.
    region: &'static str,
    /// Who it is.
    authority: &'static str,
    /// What it is called.
    name: &'static str,
    /// Where.
    url: &'static str,
    /// By telephone, from within the region.
    phone: Option<&'static str>,
    /// What to know.
    note: &'static str,
}

impl From<&'static dossier::Escalation> for Escalation {
    fn from(route: &'static dossier::Escalation) -> Self {
        let dossier::Escalation { region, authority, name, url, phone, note } = *route;
        Self { region, authority, name, url, phone, note }
    }
}

/// Where the buyer of a claim goes; null unless it was refused for good.
pub async fn escalation_of(ctx: &Context<'_>, claim: &warranty::Claim) -> Option<Result<Escalation>> {
    nullable(async {
        if claim.status != warranty::ClaimStatus::Closed {
            return Ok(None);
        }
        ctx.loaders().routes.load_one(RouteOf(ctx.network())).await.map(|route| route.map(Escalation::from))
    })
    .await
}

/// The viewer's own archives of an order.
///
/// # Errors
/// When the database fails.
pub async fn dossiers_of(ctx: &Context<'_>, order: OrderId) -> Result<Vec<Dossier>> {
    Ok(ctx.loaders().dossiers.load_one(DossiersOf(order)).await?.unwrap_or_default())
}

/// What an archive is about.
#[derive(InputObject)]
pub struct DossierCreateInput {
    /// An order of the caller's, with all its claims.
    order_id: Option<ID>,
    /// A claim of the caller's, and its order. Either this or orderId.
    claim_id: Option<ID>,
}

payload! {
    /// The archive, or why there is none.
    DossierCreatePayload {
        /// The archive.
        dossier: Dossier
    }
}

/// Archives to make.
#[derive(Default)]
pub struct DossierMutation;

/// Archives to make.
#[Object]
impl DossierMutation {
    /// Makes a signed archive of an order or a claim of the caller's: order, payments, deliveries, terms, claims with
    /// every step, evidence with its hashes. Codes and passwords are left out. At most ten a day; kept for a week,
    /// fetched by its owner's links (`Order.dossiers`).
    async fn dossier_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What it is about.")] input: DossierCreateInput,
    ) -> Result<DossierCreatePayload> {
        let permit = ctx.permit()?;
        let done = async {
            let about = match (input.order_id, input.claim_id) {
                (Some(order), None) => About::Order(id(&order, "orderId")?),
                (None, Some(claim)) => About::Claim(id(&claim, "claimId")?),
                _ => return Err(No::invalid("name either the order or the claim", "orderId")),
            };
            let services = ctx.services();
            dossier::create_dossier(&services.db, &services.blobs, &services.sealer, permit, about).await
        };
        DossierCreatePayload::of(done.await.map(Dossier))
    }
}
