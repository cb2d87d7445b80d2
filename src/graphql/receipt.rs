//! Whether a receipt is true, for anybody who has one.

use super::session::{Ask, nullable, read};
use crate::receipt::check;
use async_graphql::{Context, Object, Result, SimpleObject};

/// Whether a receipt is true: everything that it says was looked at, part by part.
#[derive(SimpleObject)]
pub struct ReceiptCheck {
    /// Every part is so, and this network signed it.
    holds: bool,
    /// The order that it is of; null for what is no receipt.
    order_number: Option<String>,
    /// What was looked at, in that order.
    parts: Vec<ReceiptPart>,
}

/// One part of a receipt.
#[derive(SimpleObject)]
pub struct ReceiptPart {
    /// What was looked at, e.g. "signature".
    name: String,
    /// It is so.
    holds: bool,
    /// Why not; null where it is so.
    detail: Option<String>,
}

/// Receipts to look at.
#[derive(Default)]
pub struct ReceiptQuery;

#[Object]
impl ReceiptQuery {
    /// Whether a receipt is true, as `cardamom verify` says, and signed by the network that the request is addressed
    /// to. Needs no token, and nothing of it is kept.
    async fn receipt_check(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The receipt's file, as text; at most 512 KiB.")] content: String,
    ) -> Option<Result<ReceiptCheck>> {
        nullable(async {
            let permit = ctx.permit()?;
            let checked = check::check(&ctx.services().db, permit.scope(), permit.network(), content).await;
            let checked = read(checked)?;
            Ok(Some(ReceiptCheck {
                holds: checked.holds,
                order_number: checked.order_number,
                parts: checked
                    .parts
                    .into_iter()
                    .map(|part| ReceiptPart { name: part.name, holds: part.why.is_none(), detail: part.why })
                    .collect(),
            }))
        })
        .await
    }
}
