//! Files, kept by what is in them: in a folder of ours, or where a setting says.
//!
//! An object's name is its network and the SHA-256 of its bytes, so that writing it again changes nothing and no name
//! that a person chose reaches a path. Which objects are wanted is for the database to say.

use super::{Fault, config::ObjectStore as Setting, id::NetworkId};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    ClientConfigKey, Error, ObjectStore, ObjectStoreExt, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    path::Path,
};
use sha2::{Digest, Sha256};
use std::{
    io,
    os::unix::fs::DirBuilderExt,
    sync::{Arc, OnceLock},
    time::Duration,
};
use uuid::Uuid;

/// How long one answer of a bucket is waited for, and how long it is tried again where there is none, in seconds:
/// whoever sends a file waits meanwhile, and may send it again.
const PATIENCE: u64 = 20;

/// Where files are kept.
#[derive(Clone)]
pub struct Blobs {
    place: Arc<Setting>,
    // Opened when something is first kept or asked for: a folder that nobody needs is not made.
    store: Arc<OnceLock<Opened>>,
}

#[derive(Clone)]
struct Opened {
    store: Arc<dyn ObjectStore>,
    prefix: Path,
}

/// A file on its way out.
pub struct Outgoing {
    /// Its length, in bytes.
    pub size: u64,
    /// Its bytes.
    pub content: BoxStream<'static, io::Result<Bytes>>,
}

/// An object that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its name in the store.
    pub name: String,
    /// Whose, and the SHA-256 that it is named by; none where the name is not one of ours.
    pub of: Option<(NetworkId, Vec<u8>)>,
    /// Its length, in bytes.
    pub size: u64,
    /// How long ago it was written, in seconds.
    pub age: i64,
}

impl Blobs {
    /// Over that place; nothing is opened yet.
    pub fn new(place: Setting) -> Self {
        Self { place: Arc::new(place), store: Arc::default() }
    }

    fn opened(&self) -> Result<Opened, Fault> {
        if let Some(opened) = self.store.get() {
            return Ok(opened.clone());
        }
        let opened = open(&self.place)?;
        Ok(self.store.get_or_init(|| opened).clone())
    }

    /// Keeps bytes under their hash, on the disk when it answers. What was there under that name is replaced.
    ///
    /// # Errors
    /// [`Fault`] when the place can't be written to or is full; nothing half-written is ever seen.
    pub async fn put(&self, network: NetworkId, sha256: &[u8], bytes: Bytes) -> Result<(), Fault> {
        let opened = self.opened()?;
        opened.store.put(&opened.path(network, sha256), bytes.into()).await.map_err(broken)?;
        Ok(())
    }

    /// The bytes of that hash as they are read; none where they are not there.
    ///
    /// # Errors
    /// [`Fault`] when the place can't be read.
    pub async fn get(&self, network: NetworkId, sha256: &[u8]) -> Result<Option<Outgoing>, Fault> {
        let opened = self.opened()?;
        match opened.store.get(&opened.path(network, sha256)).await {
            Ok(found) => {
                let size = found.meta.size;
                Ok(Some(Outgoing { size, content: found.into_stream().map_err(io::Error::other).boxed() }))
            }
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(broken(error)),
        }
    }

    /// The bytes of that hash in memory; none where they are not there or are others by now.
    ///
    /// # Errors
    /// [`Fault`] when the place can't be read.
    pub async fn read(&self, network: NetworkId, sha256: &[u8]) -> Result<Option<Bytes>, Fault> {
        let Some(found) = self.get(network, sha256).await? else { return Ok(None) };
        let mut bytes = Vec::new();
        let mut content = found.content;
        while let Some(piece) = content.try_next().await? {
            bytes.extend_from_slice(&piece);
        }
        Ok((Sha256::digest(&bytes).as_slice() == sha256).then(|| bytes.into()))
    }

    /// The length and hash of what is there under a hash's name; none where nothing is.
    ///
    /// # Errors
    /// [`Fault`] when the place can't be read.
    pub async fn measure(&self, network: NetworkId, sha256: &[u8]) -> Result<Option<(u64, Vec<u8>)>, Fault> {
        let Some(found) = self.get(network, sha256).await? else { return Ok(None) };
        let (mut hash, mut size, mut content) = (Sha256::new(), 0, found.content);
        while let Some(piece) = content.try_next().await? {
            hash.update(&piece);
            size += piece.len() as u64;
        }
        Ok(Some((size, hash.finalize().to_vec())))
    }

    /// Throws it away; it may be gone already.
    ///
    /// # Errors
    /// [`Fault`] when the place refuses.
    pub async fn delete(&self, network: NetworkId, sha256: &[u8]) -> Result<(), Fault> {
        let opened = self.opened()?;
        match opened.store.delete(&opened.path(network, sha256)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(broken(error)),
        }
    }

    /// Everything that is there.
    ///
    /// # Errors
    /// [`Fault`] when the place can't be read.
    pub fn list(&self) -> Result<BoxStream<'static, Result<Kept, Fault>>, Fault> {
        let opened = self.opened()?;
        let now = super::now();
        let prefix = opened.prefix.clone();
        let found = opened.store.list(Some(&opened.prefix));
        Ok(found
            .map(move |found| {
                let found = found.map_err(broken)?;
                Ok(Kept {
                    of: named(&prefix, &found.location),
                    name: found.location.to_string(),
                    size: found.size,
                    age: (now - found.last_modified).num_seconds(),
                })
            })
            .boxed())
    }
}

impl Opened {
    fn path(&self, network: NetworkId, sha256: &[u8]) -> Path {
        let hex = hex(sha256);
        let parts = [network.0.simple().to_string(), hex[..2.min(hex.len())].to_owned(), hex];
        parts.iter().fold(self.prefix.clone(), |path, part| path.join(part.as_str()))
    }
}

/// Lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn open(place: &Setting) -> Result<Opened, Fault> {
    match place {
        Setting::Folder(folder) => {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
            let store = LocalFileSystem::new_with_prefix(folder).map_err(broken)?.with_fsync(true);
            Ok(Opened { store: Arc::new(store), prefix: Path::default() })
        }
        Setting::S3 { bucket, prefix } => s3(bucket, prefix),
    }
}

fn s3(bucket: &str, prefix: &str) -> Result<Opened, Fault> {
    let retry = RetryConfig { retry_timeout: Duration::from_secs(PATIENCE), ..RetryConfig::default() };
    let store = AmazonS3Builder::from_env()
        .with_config(AmazonS3ConfigKey::Client(ClientConfigKey::Timeout), format!("{PATIENCE} s"))
        .with_bucket_name(bucket)
        .with_retry(retry)
        .build();
    Ok(Opened { store: Arc::new(store.map_err(broken)?), prefix: Path::from(prefix) })
}

fn named(prefix: &Path, location: &Path) -> Option<(NetworkId, Vec<u8>)> {
    let parts: Vec<String> = location.prefix_match(prefix)?.map(|part| part.as_ref().to_owned()).collect();
    let [network, folder, hex] = parts.as_slice() else { return None };
    let bytes: Option<Vec<u8>> =
        (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok()).collect();
    let bytes = bytes.filter(|bytes| bytes.len() == 32 && hex.starts_with(folder.as_str()))?;
    Some((NetworkId(Uuid::try_parse(network).ok()?), bytes))
}

fn broken(error: Error) -> Fault {
    Fault::new(format!("the object store: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_is_opened_without_asking_it_anything() {
        let place = Setting::S3 { bucket: "files".into(), prefix: "shop/one".into() };
        let opened = Blobs::new(place).opened().unwrap();
        let (network, hash) = (NetworkId::fresh(), [7; 32]);
        let path = opened.path(network, &hash);
        assert!(path.as_ref().starts_with("shop/one/"), "{path}");
        assert_eq!(named(&opened.prefix, &path), Some((network, hash.to_vec())));
    }

    #[tokio::test]
    async fn what_is_kept_reads_back_by_its_hash_and_is_listed() {
        let folder = std::env::temp_dir().join(format!("cardamom-blobs-{}", Uuid::now_v7().simple()));
        let blobs = Blobs::new(Setting::Folder(folder.clone()));
        let (network, bytes) = (NetworkId::fresh(), Bytes::from_static(b"proof"));
        let hash = Sha256::digest(&bytes).to_vec();
        for _ in 0..2 {
            blobs.put(network, &hash, bytes.clone()).await.unwrap();
        }
        assert_eq!(blobs.read(network, &hash).await.unwrap(), Some(bytes));
        assert_eq!(blobs.read(NetworkId::fresh(), &hash).await.unwrap(), None);
        let listed: Vec<Kept> = blobs.list().unwrap().try_collect().await.unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!((listed[0].of.clone(), listed[0].size), (Some((network, hash.clone())), 5));
        // Altered behind our back, it is not what was kept.
        std::fs::write(folder.join(&listed[0].name), b"proof!").unwrap();
        assert_eq!(blobs.read(network, &hash).await.unwrap(), None);
        for _ in 0..2 {
            blobs.delete(network, &hash).await.unwrap();
        }
        assert!(blobs.get(network, &hash).await.unwrap().is_none());
        std::fs::remove_dir_all(folder).unwrap();
    }
}
