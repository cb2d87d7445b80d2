//! `cardamom tour`: the whole story, on a network of its own, each step checked.

mod cast;
mod page;
mod proof;
mod story;
mod watch;

use super::{
    client::Client,
    folder::Folder,
    server::{Server, until_signal},
};
use crate::{
    app,
    foundation::{
        No,
        config::{Settings, SettingsArgs, Switch},
        postgres, seal,
    },
    identity::open_network::{OpenNetwork, open_network},
};
use anyhow::{Context, bail, ensure};
use cast::Door;
use page::Page;
use tokio_util::sync::CancellationToken;

/// What `tour` takes.
#[derive(clap::Args)]
pub(super) struct Args {
    /// A running server, as in http://127.0.0.1:8080; its database must be in reach. Without it the tour
    /// starts a server of its own, in a folder that it removes again
    #[arg(long)]
    url: Option<String>,
    /// Shows the GraphQL that it sends
    #[arg(long)]
    verbose: bool,
    #[command(flatten)]
    settings: SettingsArgs,
}

pub(super) async fn run(mut args: Args) -> anyhow::Result<()> {
    // The story is what is to be read: of the log only what goes wrong, unless more is asked for.
    if args.settings.log.is_none() && std::env::var_os("CARDAMOM_LOG").is_none() {
        args.settings.log = Some("warn".into());
    }
    let shutdown = until_signal()?;
    let verbose = args.verbose;
    match args.url {
        Some(url) => elsewhere(&url, args.settings, verbose, &shutdown).await,
        None => at_home(args.settings, verbose, &shutdown).await,
    }
}

async fn tell(door: Door<'_>, shutdown: &CancellationToken) -> anyhow::Result<()> {
    let mut page = Page::open(door.url);
    let told = tokio::select! {
        told = story::tell(&door, &mut page) => told,
        () = shutdown.cancelled() => Err(anyhow::anyhow!("it was told to stop")),
    };
    told.with_context(|| page.place())
}

// A server of its own, on a folder that goes with it.
async fn at_home(flags: SettingsArgs, verbose: bool, shutdown: &CancellationToken) -> anyhow::Result<()> {
    let folder = Folder::make("tour")?;
    let own = SettingsArgs {
        data_dir: Some(folder.path().join("data")),
        rate_limit: Some(Switch::Off),
        log: flags.log,
        ..SettingsArgs::default()
    };
    let settings = own.resolve_alone()?;
    super::log_as(&settings)?;
    let server = Server::start(&settings, true, &CancellationToken::new()).await?;
    let told = server
        .visit(async |url| {
            let open = Open { db: server.db() };
            let (handle, password) = open.network().await?;
            tell(Door { url, handle: &handle, password: &password, verbose, stays: false }, shutdown).await
        })
        .await;
    let stopped = server.stop().await;
    told.and(stopped)
}

// A server that somebody else runs. The network is made as `cardamom network create` makes one.
async fn elsewhere(
    url: &str,
    flags: SettingsArgs,
    verbose: bool,
    shutdown: &CancellationToken,
) -> anyhow::Result<()> {
    let url = url.trim_end_matches('/').trim_end_matches("/graphql").trim_end_matches('/');
    ensure!(url.starts_with("http://"), "the url must begin with http://, as in http://127.0.0.1:8080");
    let schema = Client::new(url, "", false)?.page("/schema.graphql").await;
    if !schema.is_ok_and(|schema| schema.contains("warrantyClaimOpen")) {
        bail!("there is no cardamom at {url}");
    }
    let out_of_reach = || {
        format!(
            "the tour makes a network of its own, for which it needs the database of {url}: give it the \
             --data-dir (or the --database-url and CARDAMOM_MASTER_KEY) of that server, or no --url to let \
             it start a server of its own"
        )
    };
    let settings: Settings = flags.resolve_existing()?.with_context(out_of_reach)?;
    super::log_as(&settings)?;
    if settings.database_url.is_none() && postgres::socket_of(&settings.data_dir).is_none() {
        bail!(out_of_reach());
    }
    let database = app::find_database(&settings, true).await?;
    let told = async {
        let services = app::services(&database.owner, &settings, false).await?;
        let opened = Open { db: &services.db }.network().await;
        services.db.close().await;
        let (handle, password) = opened?;
        let known =
            Client::new(url, &handle, false)?.get("{ storefront { id } }", serde_json::json!({})).await;
        ensure!(known.is_ok(), "{}", out_of_reach());
        tell(Door { url, handle: &handle, password: &password, verbose, stays: true }, shutdown).await
    }
    .await;
    app::stop(database).await?;
    told
}

struct Open<'a> {
    db: &'a crate::foundation::Db,
}

impl Open<'_> {
    // A network that no other tour has: its operator's handle and the password of everyone in it.
    async fn network(&self) -> anyhow::Result<(String, String)> {
        let mark = u32::from_be_bytes(seal::random());
        let handle = format!("tour-{mark:08x}");
        let password = seal::fresh_token("tour").to_string();
        let request = OpenNetwork {
            handle: &handle,
            name: "A tour",
            currency: "CNY",
            owner_email: &cast::email(&handle),
            owner_password: &password,
        };
        match open_network(self.db, request).await {
            Ok(_) => Ok((handle, password)),
            Err(No::Refused(refusals)) => {
                bail!("no network: {}", refusals.first().map_or("refused", |no| no.message.as_ref()))
            }
            Err(other) => Err(other.into()),
        }
    }
}
