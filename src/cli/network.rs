//! `cardamom network create`

use crate::{
    app,
    foundation::{No, config::SettingsArgs},
    identity::open_network::{OpenNetwork, open_network},
};
use anyhow::{Context, bail};
use clap::Subcommand;
use std::io::BufRead;
use zeroize::Zeroizing;

/// Networks.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Makes a network and its operator's owner account
    Create(Create),
}

/// What a network is made with.
#[derive(clap::Args)]
pub(super) struct Create {
    /// The operator's handle: a-z, 0-9 and single hyphens
    #[arg(long)]
    handle: String,
    /// The network's name
    #[arg(long)]
    name: String,
    /// What it settles in, ISO 4217
    #[arg(long)]
    currency: String,
    /// The operator's owner
    #[arg(long)]
    owner_email: String,
    /// Reads the owner's password from the first line of standard input
    #[arg(long, required = true)]
    owner_password_stdin: bool,
    #[command(flatten)]
    settings: SettingsArgs,
}

pub(super) async fn run(Command::Create(args): Command) -> anyhow::Result<()> {
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).context("the password could not be read")?;
    let password = line.trim_end_matches(['\r', '\n']);
    let settings = super::prepare(args.settings)?;
    let database = app::find_database(&settings, true).await?;
    let services = app::services(&database.owner, &settings, true).await?;
    let request = OpenNetwork {
        handle: &args.handle,
        name: &args.name,
        currency: &args.currency,
        owner_email: &args.owner_email,
        owner_password: password,
    };
    let opened = open_network(&services.db, request).await;
    services.db.close().await;
    app::stop(database).await?;
    match opened {
        Ok(opened) => {
            println!(
                "network {} is open; its operator is {} ({})",
                opened.network, args.handle, opened.operator
            );
            Ok(())
        }
        Err(No::Refused(refusals)) => {
            let why: Vec<String> = refusals
                .iter()
                .map(|refusal| format!("{}: {}", refusal.path.join("."), refusal.message))
                .collect();
            bail!("{}", why.join("; "))
        }
        Err(other) => Err(other.into()),
    }
}
