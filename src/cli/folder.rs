//! A folder of one run's, removed when the run is over.

use crate::foundation::seal;
use anyhow::Context;
use std::path::{Path, PathBuf};

/// A fresh folder in the system's place for temporary files, removed when it goes out of scope.
pub(super) struct Folder(PathBuf);

impl Folder {
    /// Makes one that says whose it is.
    pub(super) fn make(whose: &str) -> anyhow::Result<Self> {
        use std::os::unix::fs::PermissionsExt;
        let mark = u64::from_be_bytes(seal::random());
        let path = std::env::temp_dir().join(format!("cardamom-{whose}-{mark:016x}"));
        std::fs::create_dir(&path).with_context(|| format!("{} can't be made", path.display()))?;
        let folder = Self(path);
        // As root we run PostgreSQL as another user, who must be able to get there.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755))?;
        Ok(folder)
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
