use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

use crate::foundation::postgres::make_data_dir;

const FILE: &str = "master.key";
/// What a private PostgreSQL leaves in the data folder: a sign that there is something sealed already.
const DATABASE: &str = "postgres";

/// The key that everything sealed is sealed under. Wiped from memory when dropped, shown to nobody: there
/// is no `Debug`.
pub struct MasterKey(Zeroizing<[u8; 32]>);

#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    #[error("{} does not hold a master key (32 bytes in base64)", .0.display())]
    Broken(PathBuf),
    #[error("{} can be read by others; close it with `chmod 600`, and consider the key known", .0.display())]
    Open(PathBuf),
    #[error("the database in {} is there, but its master key {} is not: put the file back or set CARDAMOM_MASTER_KEY; \
        a new key could not open what is sealed", .folder.display(), FILE)]
    Lost { folder: PathBuf },
    #[error("this machine gives no random numbers")]
    NoRandomness,
    #[error("could not {doing} {}: {cause}", .path.display())]
    Io { doing: &'static str, path: PathBuf, cause: io::Error },
}

impl MasterKey {
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// From 32 bytes in base64.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).ok()?);
        Some(Self(Zeroizing::new(bytes.as_slice().try_into().ok()?)))
    }

    /// The key in the data folder; made there when the folder is new.
    pub(super) fn kept_in(data_dir: &Path) -> Result<Self, MasterKeyError> {
        let folder = make_data_dir(data_dir).while_doing("make the data folder", data_dir)?;
        let path = folder.join(FILE);
        match fs::metadata(&path) {
            Ok(found) if found.permissions().mode() & 0o077 != 0 => Err(MasterKeyError::Open(path)),
            Ok(_) => Self::read(&path),
            Err(none) if none.kind() == io::ErrorKind::NotFound => {
                if folder.join(DATABASE).exists() {
                    return Err(MasterKeyError::Lost { folder });
                }
                Self::make(&folder, &path)
            }
            Err(cause) => Err(cause).while_doing("look at", &path),
        }
    }

    fn read(path: &Path) -> Result<Self, MasterKeyError> {
        let text = Zeroizing::new(fs::read_to_string(path).while_doing("read", path)?);
        Self::parse(&text).ok_or_else(|| MasterKeyError::Broken(path.to_path_buf()))
    }

    /// Writes a fresh key whole and then gives it its name, so that of two who make one at once both use
    /// the first, and a power cut leaves either a whole key or none.
    fn make(folder: &Path, path: &Path) -> Result<Self, MasterKeyError> {
        let (mut bytes, mut own_name) = (Zeroizing::new([0_u8; 32]), [0_u8; 8]);
        for random in [bytes.as_mut_slice(), &mut own_name] {
            aws_lc_rs::rand::fill(random).map_err(|_| MasterKeyError::NoRandomness)?;
        }
        let text = Zeroizing::new(STANDARD.encode(bytes.as_slice()) + "\n");

        let draft = folder.join(format!("{FILE}.{:016x}", u64::from_ne_bytes(own_name)));
        let mut options = OpenOptions::new();
        options.create_new(true).write(true).mode(0o600);
        let mut file = options.open(&draft).while_doing("make", &draft)?;
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).while_doing("write", &draft)?;
        let named = match fs::hard_link(&draft, path) {
            Err(failed) if failed.kind() != io::ErrorKind::AlreadyExists => Err(failed),
            _ => fs::remove_file(&draft).and_then(|()| File::open(folder)?.sync_all()),
        };
        named.while_doing("make", path)?;
        Self::read(path)
    }
}

trait WhileDoing<T> {
    fn while_doing(self, doing: &'static str, path: &Path) -> Result<T, MasterKeyError>;
}

impl<T> WhileDoing<T> for io::Result<T> {
    fn while_doing(self, doing: &'static str, path: &Path) -> Result<T, MasterKeyError> {
        self.map_err(|cause| MasterKeyError::Io { doing, path: path.to_path_buf(), cause })
    }
}
