//! `cardamom check`

use crate::{
    app,
    foundation::{blobs::Blobs, config::SettingsArgs, seal::Sealer},
    integrity,
    inventory::Vault,
};
use anyhow::bail;
use std::{sync::Arc, time::Instant};

/// Reads the whole database and reports every broken invariant, a line each.
pub(super) async fn run(args: SettingsArgs) -> anyhow::Result<()> {
    let settings = super::prepare(args)?;
    let database = app::find_database(&settings, true).await?;
    let vault = Vault::new(Arc::new(Sealer::new(settings.master_key.expose())?));
    let blobs = Blobs::new(settings.object_store.clone());
    let started = Instant::now();
    let report = integrity::check(&database.owner, &vault, &blobs).await;
    app::stop(database).await?;
    let report = report.map_err(app::AppError::from)?;
    for finding in &report.findings {
        match finding.broken {
            0 => println!("ok      {}", finding.name),
            broken => println!("BROKEN  {}: {broken} row(s)", finding.name),
        }
        for broken in &finding.first {
            let network = broken.network.map(|network| format!("{network} ")).unwrap_or_default();
            println!("        {network}{}: {}", broken.subject, broken.detail);
        }
    }
    let (all, broken) = (report.findings.len(), report.broken().len());
    println!(
        "{} of {all} invariants hold; looked at in {:.1} s",
        all - broken,
        started.elapsed().as_secs_f64()
    );
    if broken > 0 {
        bail!("{broken} of {all} invariants are broken");
    }
    Ok(())
}
