//! Files for claims, sent as anybody sends them: announced, put to the link, submitted.

use super::client::{Client, list, text};
use crate::foundation::seal;
use anyhow::{Context, Result};
use image::{ImageFormat, Rgb, RgbImage};
use serde_json::json;
use std::io::Cursor;

/// A picture that looks like no other name's: its blocks are the digest of the name.
pub(super) fn picture(name: &str) -> Result<Vec<u8>> {
    const BLOCK: u32 = 32;
    let blocks: Vec<u8> = (0_u8..4).flat_map(|part| seal::digest(&[name.as_bytes(), &[part]])).collect();
    let drawn = RgbImage::from_fn(10 * BLOCK, 6 * BLOCK, |x, y| {
        let at = usize::try_from(y / BLOCK * 10 + x / BLOCK).unwrap_or_default();
        let shade = blocks.get(at).copied().unwrap_or_default();
        Rgb([shade, shade.rotate_left(3), shade ^ 0x5a])
    });
    let mut file = Cursor::new(Vec::new());
    drawn.write_to(&mut file, ImageFormat::Png)?;
    Ok(file.into_inner())
}

/// Submits a picture of each name for a claim, where it is not there already. Answers how many there are then.
pub(super) async fn submit(client: &Client, claim: &str, names: &[String]) -> Result<usize> {
    let document = "query($c: ID!) { warrantyClaim(id: $c) { evidence { fileName } } }";
    let seen = client.get(document, json!({"c": claim})).await?;
    let there = list(&seen, "/evidence")?;
    let mut uploads = Vec::new();
    for name in names.iter().filter(|name| !there.iter().any(|file| file["fileName"] == **name)) {
        let file = picture(name)?;
        let document = "mutation($i: UploadCreateInput!) {
  uploadCreate(input: $i) { upload { id url } errors { code message } }
}";
        let input = json!({"purpose": "EVIDENCE", "claimId": claim, "kind": "SCREENSHOT", "fileName": name,
                           "byteSize": file.len()});
        let made = client.done(document, json!({"i": input})).await?;
        client.put(text(&made, "/upload/url")?, file).await.with_context(|| format!("sending {name}"))?;
        uploads.push(text(&made, "/upload/id")?.to_owned());
    }
    let sent = uploads.len();
    if sent > 0 {
        let document = "mutation($i: ClaimEvidenceAddInput!) {
  claimEvidenceAdd(input: $i) { claim { id } errors { code message } }
}";
        client.done(document, json!({"i": {"claimId": claim, "uploadIds": uploads}})).await?;
    }
    Ok(there.len() + sent)
}
