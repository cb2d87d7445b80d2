//! `cardamom migrate`

use crate::{
    app,
    foundation::{config::SettingsArgs, migrate, seal::Sealer},
};

/// Brings the database to this version's schema.
pub(super) async fn run(args: SettingsArgs) -> anyhow::Result<()> {
    let settings = super::prepare(args)?;
    let database = app::find_database(&settings, true).await?;
    migrate::run(&database.owner, &Sealer::new(settings.master_key.expose())?).await?;
    println!(
        "the database is at migration {}",
        migrate::MIGRATIONS.last().map_or("none", |(version, ..)| version)
    );
    app::stop(database).await
}
