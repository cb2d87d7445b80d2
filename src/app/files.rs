//! Files by link: what people send and fetch, as the edge hears it.

use super::upload::problem;
use crate::{
    dossier,
    evidence::{self, Linked, NotReceived, name},
    foundation::Fault,
    graphql::Services,
    http::{File, Sent, Uploaded},
};
use serde_json::json;

/// Takes a file that was announced.
pub async fn take(services: &Services, sent: Sent) -> Uploaded {
    let Services { db, blobs, sealer, .. } = services;
    match evidence::receive(db, blobs, sealer, &sent.token, sent.content).await {
        Ok(received) => Uploaded {
            status: 201,
            body: json!({"upload": {
                "id": received.id.to_string(),
                "mediaType": received.media.word(),
                "byteSize": received.byte_size,
                "sha256": crate::foundation::blobs::hex(&received.sha256),
            }}),
        },
        Err(why) => refused(&why),
    }
}

fn refused(why: &NotReceived) -> Uploaded {
    let title = why.to_string();
    match why {
        NotReceived::Unknown => problem(404, "NOT_FOUND", "There is nothing to send here."),
        NotReceived::Over => problem(410, "LINK_EXPIRED", "The link is over; ask for another."),
        NotReceived::Done => problem(409, "ALREADY_SENT", &title),
        NotReceived::TooLong => problem(413, "TOO_LARGE", &title),
        NotReceived::Cut => problem(400, "INCOMPLETE", &title),
        NotReceived::Another => problem(422, "HASH_MISMATCH", &title),
        NotReceived::Unfit(_) => problem(422, "UNSUPPORTED_FILE", &title),
        NotReceived::Storage(fault) => {
            tracing::error!(%fault, "a file could not be kept");
            problem(503, "STORAGE_UNAVAILABLE", "The file can't be kept now; send it again to the same link.")
        }
        NotReceived::Fault(fault) => broken(fault),
    }
}

fn broken(fault: &Fault) -> Uploaded {
    if fault.is_unavailable() || fault.is_transient() {
        tracing::warn!(%fault, "a file was turned away");
        return problem(503, "UNAVAILABLE", "The service is not available right now.");
    }
    tracing::error!(%fault, "a file failed");
    problem(500, "INTERNAL", "Something went wrong on our side.")
}

/// Finds a file that a link leads to.
///
/// # Errors
/// What is answered instead.
pub async fn find(services: &Services, token: &str) -> Result<File, Uploaded> {
    let Services { db, blobs, sealer, .. } = services;
    let gone = || problem(404, "NOT_FOUND", "There is no such file, or the link is over; ask for another.");
    let missing = || {
        tracing::error!("a file that is named is not in the object store");
        problem(503, "FILE_UNAVAILABLE", "The file is not there right now.")
    };
    let link = evidence::open_link(sealer, &[Linked::Evidence, Linked::Dossier], token).ok_or_else(gone)?;
    if link.to == Linked::Dossier {
        let found = dossier::read::fetch(db, blobs, link).await.map_err(|fault| broken(&fault))?;
        let (dossier, outgoing) = found.ok_or_else(gone)?;
        let outgoing = outgoing.ok_or_else(missing)?;
        return Ok(File {
            media_type: "application/zip",
            name: format!("{}.zip", dossier.dossier_id),
            size: outgoing.size,
            sha256: dossier.sha256,
            content: outgoing.content,
        });
    }
    let found = evidence::read::fetch(db, blobs, link).await.map_err(|fault| broken(&fault))?;
    let (evidence, outgoing) = found.ok_or_else(gone)?;
    let outgoing = outgoing.ok_or_else(missing)?;
    Ok(File {
        media_type: match evidence.media_type {
            evidence::MediaType::Text => "text/plain; charset=utf-8",
            other => other.word(),
        },
        name: name::to_save(&evidence.file_name, evidence.media_type),
        size: outgoing.size,
        sha256: evidence.sha256,
        content: outgoing.content,
    })
}
