//! Card files by upload: `POST /imports/cards?variant=var_…&format=LINES|CSV[&dryRun=true]` with an
//! `Idempotency-Key`, for more than a GraphQL request holds. Answered with the import's id as soon as it has
//! one; `cardImport(id)` tells how far it is.

use crate::{
    catalogue::VariantId,
    foundation::No,
    graphql::{Services, Session},
    http::{Upload, Uploaded},
    inventory::{
        CardFormat, ImportId, ImportRequest, import_cards,
        spool::{NotSpooled, Spool},
    },
    pricing::view::Reach,
};
use serde_json::json;
use tokio::sync::oneshot;

/// The longest file: about two million cards.
const FILE_BYTES: u64 = 256 << 20;

/// Takes a file and starts its import.
pub async fn receive(services: &Services, session: Session, upload: Upload) -> Uploaded {
    if upload.name != "cards" {
        return problem(404, "NOT_FOUND", "Nothing of that name is imported.");
    }
    let Ok(permit) = session.viewer.permit("Mutation.cardsImport") else {
        return problem(403, "FORBIDDEN", "You may not do this here.");
    };
    let of = |name: &str| upload.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let Some(variant) = of("variant").and_then(|text| text.parse::<VariantId>().ok()) else {
        return problem(404, "NOT_FOUND", "variant: not found");
    };
    let Some(format) = of("format").and_then(CardFormat::of) else {
        return problem(422, "INVALID_INPUT", "format: must be LINES or CSV");
    };
    let dry_run = match of("dryRun") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return problem(422, "INVALID_INPUT", "dryRun: must be true or false"),
    };
    let Some(idempotency_key) = upload.idempotency_key else {
        return problem(400, "BAD_REQUEST", "The header Idempotency-Key is missing.");
    };
    let content = match Spool::take(upload.content, FILE_BYTES).await {
        Ok(content) => content,
        Err(NotSpooled::TooLarge) => return problem(413, "BAD_REQUEST", "The file is too large."),
        Err(NotSpooled::Cut(_)) => return problem(400, "BAD_REQUEST", "The file did not arrive whole."),
        Err(NotSpooled::Fault(fault)) => return failed(&No::Fault(fault)),
    };
    let request = ImportRequest { variant: variant.0, format, content, dry_run, idempotency_key };
    let (told, begun) = oneshot::channel::<ImportId>();
    let (db, vault) = (services.db.clone(), services.vault.clone());
    session.reaches(Reach::Everyone);
    // It goes on after the answer; a shutdown cuts it off, and the same upload continues it.
    let work = tokio::spawn(async move {
        let begun = |import| {
            let _ = told.send(import);
        };
        let imported = import_cards::import_telling(&db, &vault, &permit, request, begun).await;
        session.settle();
        imported
    });
    if let Ok(import) = begun.await {
        return started(import);
    }
    // It ended before it began: refused, or done before under this key.
    match work.await {
        Ok(Ok(import)) => started(import.import_id),
        Ok(Err(no)) => failed(&no),
        Err(stopped) => failed(&No::Fault(stopped.into())),
    }
}

fn started(import: ImportId) -> Uploaded {
    Uploaded { status: 202, body: json!({"import": {"id": import.to_string()}}) }
}

fn failed(no: &No) -> Uploaded {
    match no {
        No::Refused(refusals) => match refusals.first() {
            Some(refusal) => {
                let status = match refusal.code.word() {
                    "NOT_FOUND" => 404,
                    "IDEMPOTENCY_KEY_REUSED" => 409,
                    _ => 422,
                };
                problem(status, refusal.code.word(), &refusal.message)
            }
            None => problem(500, "INTERNAL", "Something went wrong on our side."),
        },
        No::Unauthenticated => problem(401, "UNAUTHENTICATED", "Sign in first."),
        No::Forbidden => problem(403, "FORBIDDEN", "You may not do this here."),
        No::BadRequest(what) => problem(400, "BAD_REQUEST", what),
        No::Fault(fault) => {
            tracing::error!(%fault, "an upload failed");
            problem(500, "INTERNAL", "Something went wrong on our side.")
        }
    }
}

pub(super) fn problem(status: u16, code: &str, title: &str) -> Uploaded {
    Uploaded { status, body: json!({"type": "about:blank", "title": title, "status": status, "code": code}) }
}
