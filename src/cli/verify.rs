//! `cardamom verify`: whether a receipt is true. It needs no settings, no database and no network.

use crate::{
    provenance::leaf,
    receipt::{
        self, file,
        verify::{Known, Outcome, Verdict},
    },
};
use anyhow::{Context, bail, ensure};
use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

/// What `verify` takes.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The receipt's file
    receipt: PathBuf,
    /// A signed head of the same log that was kept before: its file
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The log's public key as it is published: its file
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// Says of each part of a receipt whether it is so.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let text = read(&args.receipt)?;
    let checkpoint = args.checkpoint.as_deref().map(read).transpose()?;
    let key = args.key.as_deref().map(read).transpose()?;
    let known = Known { checkpoint: checkpoint.as_deref(), vkey: key.as_deref() };
    let verdict = receipt::verify(&text, known)?;
    tell(&verdict);
    if verdict.is_true() {
        super::say("The receipt is true.");
        return Ok(());
    }
    bail!("the receipt is not shown to be true: {}", verdict.wrong().join("; "))
}

fn tell(verdict: &Verdict) {
    let (body, order) = (&verdict.body, &verdict.body.order);
    super::say(&format!("receipt     {}", leaf::written(&verdict.fingerprint)));
    super::say(&format!(
        "order       {} ({}) at {}, {}: {} {}, {}",
        order.number, order.id, order.site.name, order.placed_at, order.total, order.currency, order.status
    ));
    super::say(&format!("signed by   {}", body.network.vkey));
    super::say(&format!("under       a head of {} leaves, signed {}", verdict.under, body.checkpoint_at));
    for check in &verdict.checks {
        match &check.outcome {
            Outcome::True => super::say(&format!("ok          {}", check.part)),
            Outcome::Wrong(why) => super::say(&format!("WRONG       {}: {why}", check.part)),
            Outcome::Untold(why) => super::say(&format!("NOT TOLD    {}: {why}", check.part)),
        }
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    let open = || -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(file::MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = open().with_context(|| format!("{} can't be read", path.display()))?;
    ensure!(bytes.len() <= file::MAX_BYTES, "{} is too long", path.display());
    String::from_utf8(bytes).ok().with_context(|| format!("{} is not text", path.display()))
}
