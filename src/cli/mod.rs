//! The commands, one file each: no rules in them.

mod bench;
mod check;
mod client;
mod demo;
mod evidence;
mod folder;
mod migrate;
mod network;
mod serve;
mod server;
mod tour;
mod verify;

use crate::foundation::config::{LogFormat, Settings, SettingsArgs};
use anyhow::Context;
use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// A GraphQL multi-tenant reseller platform for digital goods.
#[derive(Parser)]
#[command(name = "cardamom", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API and the web pages until SIGTERM or Ctrl-C
    Serve(serve::Args),
    /// Makes a network with its operator's owner; works beside a running server too
    #[command(subcommand)]
    Network(network::Command),
    /// Plays the whole story, from a price to balanced books, and checks each step
    Tour(tour::Args),
    /// Brings the database to this version's schema
    Migrate(SettingsArgs),
    /// Reads the whole database and reports every broken invariant; beside a running server too
    Check(SettingsArgs),
    /// Says whether a receipt is true, and where it is not, which part; asks nobody
    Verify(verify::Args),
    /// Prints the schema's SDL
    Schema,
    /// Measures one figure as a ratio within one run, and prints a row; alone, lists what there is to measure
    Bench(bench::Args),
    /// What `bench` compares with
    #[command(hide = true)]
    BenchBare,
}

/// Runs the command that the process was started with. Here rather than in the binary, which would otherwise
/// compile every future of the program a second time.
pub fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let done = runtime.context("no threads").and_then(|runtime| runtime.block_on(run()));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cardamom: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    match Cli::parse().command {
        Command::Serve(args) => serve::run(args).await,
        Command::Network(command) => network::run(command).await,
        Command::Tour(args) => tour::run(args).await,
        Command::Migrate(settings) => migrate::run(settings).await,
        Command::Check(settings) => check::run(settings).await,
        Command::Verify(args) => verify::run(&args),
        Command::Schema => {
            print!("{}", crate::graphql::sdl());
            Ok(())
        }
        Command::Bench(args) => bench::run(args).await,
        Command::BenchBare => bench::bare::run().await,
    }
}

// The settings, and logging as they say.
fn prepare(args: SettingsArgs) -> anyhow::Result<Settings> {
    let settings = args.resolve()?;
    log_as(&settings)?;
    Ok(settings)
}

fn log_as(settings: &Settings) -> anyhow::Result<()> {
    // The web server's own news, each listener's coming and going, are for who asks for them.
    let filter = format!("poem=warn,{}", settings.log);
    let filter = tracing_subscriber::EnvFilter::builder().parse(filter).context("the log filter")?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let log = log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()));
    match settings.log_format {
        LogFormat::Json => log.json().init(),
        LogFormat::Text => log.with_target(false).init(),
    }
    Ok(())
}

// A line for whoever started us. That nobody reads it any more is no reason to stop.
fn say(line: &str) {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
