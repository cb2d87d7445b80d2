//! Orders to place, give up and deliver: what is sent, and what is answered.

use super::{Order, order};
use crate::{
    foundation::No,
    graphql::{
        error,
        quote::{ListingLineInput, lines},
        scalar::MoneyInput,
        session::{Ask, id},
    },
    orders::{
        OrderId,
        cancel_order::cancel_order,
        deliver_line::{self, Content, DeliverLine},
        place_order::{PlaceOrder, Placed},
    },
    payload,
};
use async_graphql::{Context, ID, InputObject, Object, OneofObject, Result};

/// A purchase to be made.
#[derive(InputObject)]
pub struct OrderPlaceInput {
    /// The same key buys once: 1 to 128 visible ASCII characters.
    idempotency_key: String,
    /// 1 to 20.
    lines: Vec<ListingLineInput>,
    /// What the buyer saw; another price is PRICE_CHANGED and nothing happens.
    expected_total: MoneyInput,
    /// How it is paid.
    pay_with: PayWithInput,
    /// A coupon of the site's to be taken off: expectedTotal is the total less that. Unknown is NOT_FOUND, outside its
    /// time or for something else COUPON_NOT_APPLICABLE, used up LIMIT_EXCEEDED.
    coupon_code: Option<String>,
}

/// How an order is paid.
#[derive(OneofObject)]
pub enum PayWithInput {
    /// From the buyer's wallet, at once.
    Wallet(bool),
    /// Through a payment gateway of that name; none is set up yet.
    Gateway(String),
}

/// An order to be given up.
#[derive(InputObject)]
pub struct OrderCancelInput {
    /// Nothing of it may have been delivered.
    order_id: ID,
}

/// Units of a line to be handed over by the supplier.
#[derive(InputObject)]
pub struct OrderLineDeliverInput {
    /// The line, of the caller's goods.
    order_line_id: ID,
    /// One for each unit that is handed over now.
    contents: Vec<DeliveryContentInput>,
    /// The same key hands over once: for programs that try again.
    idempotency_key: Option<String>,
}

/// What a buyer gets for one unit.
#[derive(InputObject)]
pub struct DeliveryContentInput {
    /// A code, or what was done; 1 to 4,000 characters. Sealed, and shown to the buyer alone.
    secret: String,
    /// A number that belongs to it.
    number: Option<String>,
    /// A password that belongs to it.
    password: Option<String>,
}

payload! {
    /// The order, or why not.
    OrderPlacePayload {
        /// The order as it is now.
        order: Order
    }
}
payload! {
    /// The order, or why not.
    OrderPayload {
        /// The order as it is now.
        order: Order
    }
}

/// Orders to place, give up and deliver.
#[derive(Default)]
pub struct OrdersMutation;

#[Object]
impl OrdersMutation {
    /// Buys: decided, paid, posted for every tier and delivered from stock in one transaction.
    async fn order_place(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "A purchase to be made.")] input: OrderPlaceInput,
    ) -> Result<OrderPlacePayload> {
        let permit = ctx.permit()?;
        let done = async {
            match input.pay_with {
                PayWithInput::Wallet(true) => {}
                PayWithInput::Wallet(false) => return Err(No::invalid("must be true", "payWith.wallet")),
                PayWithInput::Gateway(_) => return Err(No::not_found("payWith.gateway")),
            }
            let request = PlaceOrder {
                idempotency_key: input.idempotency_key,
                lines: lines(input.lines)?,
                coupon: input.coupon_code,
                expected_total: input.expected_total.parse(permit.place().currency, "expectedTotal")?,
            };
            let place = permit.viewer().place.clone();
            Ok((ctx.services().orders.place(permit, request).await?, place))
        };
        let (placed, errors) = error::split(done.await)?;
        let order = match placed {
            Some((Placed { seen: Some(seen), .. }, place)) => Some(Order::of(seen, &place)),
            Some((placed, _)) => reload(ctx, Some(placed.id)).await?,
            None => None,
        };
        Ok(OrderPlacePayload { order, errors })
    }

    /// Gives up an order of which nothing has been delivered; what was paid goes back to the wallet.
    async fn order_cancel(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "An order to be given up.")] input: OrderCancelInput,
    ) -> Result<OrderPayload> {
        let permit = ctx.permit()?;
        let done = async { cancel_order(&ctx.services().db, permit, id(&input.order_id, "orderId")?).await };
        let (id, errors) = error::split(done.await)?;
        Ok(OrderPayload { order: reload(ctx, id).await?, errors })
    }

    /// Hands over units of a line that does not come from stock. Its supplier only.
    async fn order_line_deliver(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Units of a line to be handed over by the supplier.")] input: OrderLineDeliverInput,
    ) -> Result<OrderPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let line = id(&input.order_line_id, "orderLineId")?;
            let contents = input.contents.into_iter().map(|content| Content {
                secret: content.secret,
                number: content.number,
                password: content.password,
            });
            let services = ctx.services();
            {
                let request = DeliverLine {
                    line,
                    contents: contents.collect(),
                    idempotency_key: input.idempotency_key,
                };
                deliver_line::deliver_line(&services.db, &services.vault, permit, request).await
            }
        };
        let (id, errors) = error::split(done.await)?;
        Ok(OrderPayload { order: reload(ctx, id).await?, errors })
    }
}

async fn reload(ctx: &Context<'_>, id: Option<OrderId>) -> Result<Option<Order>> {
    match id {
        Some(id) => order(ctx.session(), id).await,
        None => Ok(None),
    }
}
