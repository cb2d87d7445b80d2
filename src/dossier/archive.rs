//! The archive: its files, a list of them with their hashes, and a signature of the list.

use super::{page, story::Story};
use crate::foundation::{Fault, blobs::hex, sign::Signer};
use bytes::Bytes;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::io::{Cursor, Write};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

/// The list of files with their hashes, in the archive.
pub const MANIFEST: &str = "manifest.json";
/// Ed25519 over the list's bytes: 64 bytes.
pub const SIGNATURE: &str = "manifest.sig";
/// What verifies it, as PEM.
pub const PUBLIC_KEY: &str = "public-key.pem";

/// Packs and signs.
///
/// # Errors
/// [`Fault`] when it can't be written down.
pub(super) fn pack(story: &Story, evidence: Vec<(String, Bytes)>, signer: &Signer) -> Result<Vec<u8>, Fault> {
    let mut files: Vec<(String, Bytes)> = vec![
        ("index.html".into(), page::render(story, page::ENGLISH).into()),
        ("index.zh.html".into(), page::render(story, page::CHINESE).into()),
        ("dossier.json".into(), serde_json::to_vec_pretty(story)?.into()),
    ];
    files.extend(evidence);
    let listed: Vec<_> = files
        .iter()
        .map(|(path, bytes)| json!({"path": path, "bytes": bytes.len(), "sha256": hex(&Sha256::digest(bytes))}))
        .collect();
    let manifest = serde_json::to_vec_pretty(&json!({
        "format": "cardamom dossier 1",
        "dossier": story.dossier,
        "madeAt": story.made_at,
        "publicKey": hex(signer.public_key()),
        "files": listed,
    }))?;
    files.push((SIGNATURE.into(), signer.sign(&manifest).into()));
    files.push((MANIFEST.into(), manifest.into()));
    files.push((PUBLIC_KEY.into(), signer.public_pem().into()));
    let broken = |error: zip::result::ZipError| Fault::new(format!("an archive: {error}"));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    // What is long is packed already.
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (path, bytes) in &files {
        zip.start_file(path.as_str(), options).map_err(broken)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish().map_err(broken)?.into_inner())
}
