//! What a tenant and a network set for themselves, through GraphQL.

use super::{
    session::{Ask, nullable, read},
    tenancy::{NetworkSettings, Tenant, TenantPayload},
};
use crate::{
    foundation::No,
    tenancy::{
        self,
        set_face::{self, Face},
    },
};
use async_graphql::{Context, InputObject, Object, Result, SimpleObject};

/// A tenant's face, for everybody.
#[derive(SimpleObject)]
pub struct TenantSettings {
    /// What it says to everybody: plain text of several lines; null where it says nothing.
    pub announcement: Option<String>,
    /// Its colour, `#rrggbb` in lower case; null takes the storefront's own.
    pub accent: Option<String>,
    /// How to reach it; null where it does not say.
    pub contact: Option<String>,
}

/// The face of the caller's own tenant, whole: what is null or left out is taken away.
#[derive(InputObject)]
pub struct TenantSettingsSetInput {
    /// What it says to everybody: plain text, at most 1,000 characters.
    announcement: Option<String>,
    /// Its colour, `#rrggbb`.
    accent: Option<String>,
    /// How to reach it: one line, at most 200 characters.
    contact: Option<String>,
}

/// What is set for a network, to read.
#[derive(Default)]
pub struct SettingsQuery;

#[Object]
impl SettingsQuery {
    /// What the operator has set for its network; for the operator's staff.
    async fn network_settings(&self, ctx: &Context<'_>) -> Option<Result<NetworkSettings>> {
        nullable(async {
            let permit = ctx.permit()?;
            let settings = tenancy::network::read(&ctx.services().db, &permit).await;
            let settings = read(settings.map_err(No::Fault))?;
            Ok(Some(NetworkSettings::of(settings, permit.place().currency)))
        })
        .await
    }
}

/// What a tenant sets for itself.
#[derive(Default)]
pub struct SettingsMutation;

#[Object]
impl SettingsMutation {
    /// Sets the face of the caller's own tenant; seen by the next request.
    async fn tenant_settings_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The face, whole.")] input: TenantSettingsSetInput,
    ) -> Result<TenantPayload> {
        let permit = ctx.permit()?;
        let TenantSettingsSetInput { announcement, accent, contact } = input;
        let face = Face { announcement, accent, contact };
        let done = set_face::set_face(&ctx.services().db, permit, face).await;
        TenantPayload::of(done.map(Tenant))
    }
}
