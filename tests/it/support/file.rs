//! Files that people announce and send.

use super::{Client, id};
use serde_json::{Value, json};

/// Announces a file.
pub const UPLOAD_CREATE: &str = "mutation($i: UploadCreateInput!) { uploadCreate(input: $i) {
  upload { id url expiresAt } errors { code message path } } }";

/// Submits files for a claim.
pub const EVIDENCE_ADD: &str = "mutation($i: ClaimEvidenceAddInput!) { claimEvidenceAdd(input: $i) {
  claim { id evidence { id } } errors { code message path } } }";

/// Reads what a claim rests on.
pub const EVIDENCE: &str = "query($c: ID!) { warrantyClaim(id: $c) { evidence {
  id kind fileName mediaType byteSize sha256 originalSha256 uploadedBy submittedAt downloadUrl }
  evidenceMatches { evidenceId claimId exact distance submittedAt } } }";

/// What announces a file for `claimId` or `deliveryId`.
pub fn announce(about: &str, of: &str, name: &str, size: usize) -> Value {
    json!({"i": {"purpose": "EVIDENCE", about: of, "kind": "SCREENSHOT", "fileName": name, "byteSize": size}})
}

impl Client {
    /// Announces a file that must be allowed: its id and where to send it.
    pub async fn announce(&self, about: &str, of: &str, name: &str, size: usize) -> (String, String) {
        let upload = self.done(UPLOAD_CREATE, announce(about, of, name, size)).await["upload"].clone();
        (id(&upload), upload["url"].as_str().unwrap().to_owned())
    }

    /// Sends a file to a link: status and answer.
    pub async fn put(&self, url: &str, body: Vec<u8>) -> (u16, Value) {
        let response = self.http.put(format!("{}{url}", self.url)).body(body).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Announces a file and sends it; its id.
    pub async fn sent(&self, about: &str, of: &str, name: &str, body: Vec<u8>) -> String {
        let (upload, url) = self.announce(about, of, name, body.len()).await;
        let (status, answer) = self.put(&url, body).await;
        assert_eq!(status, 201, "{name}: {answer}");
        upload
    }

    /// Fetches a link: status, headers, bytes.
    pub async fn fetch(&self, url: &str) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
        let response = self.http.get(format!("{}{url}", self.url)).send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        (status, headers, response.bytes().await.unwrap().to_vec())
    }
}
