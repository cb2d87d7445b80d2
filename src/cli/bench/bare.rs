//! The other side of a comparison: async-graphql behind poem, with nothing in between.

use crate::{
    cli::{say, server::until_signal},
    http,
};
use tokio::net::TcpListener;

/// Serves it until it is told to stop.
pub(in crate::cli) async fn run() -> anyhow::Result<()> {
    let shutdown = until_signal()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    say(&format!("ready: http://{}/graphql", listener.local_addr()?));
    Ok(http::bare::serve(listener, shutdown.cancelled_owned()).await?)
}
