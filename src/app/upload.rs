//! Card files by upload: `POST /imports/cards?variant=var_…&format=LINES|CSV[&dryRun=true]` with an
//! `Idempotency-Key`, for more than a GraphQL request holds. Answered with the import's id as soon as it has
//! one; `cardImport(id)` tells how far it is.

use crate::{
    access::{Permit, Viewer},
    audit::{self, AuditId, Outcome},
    catalogue::VariantId,
    foundation::{Db, No},
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

/// What it is called in the audit: the mutation that does the same with fewer cards.
const OPERATION: &str = "cardsImport";

/// Takes a file and starts its import; the audit says so, as of a mutation.
pub async fn receive(services: &Services, session: Session, upload: Upload) -> Uploaded {
    if upload.name != "cards" {
        return problem(404, "NOT_FOUND", "Nothing of that name is imported.");
    }
    let variant = named(&upload, "variant").and_then(|text| text.parse::<VariantId>().ok());
    let about = variant.map(|variant| variant.to_string());
    let (db, viewer) = (&services.db, &session.viewer);
    let entry = match audit::begin(db, viewer, OPERATION, about.as_deref(), &session.request_id).await {
        Ok(entry) => entry,
        Err(fault) => return failed(&No::Fault(fault)),
    };
    let (permit, request) = match wanted(&session, variant, upload).await {
        Ok(wanted) => wanted,
        Err(refused) => {
            let outcome = if refused.status < 500 { Outcome::Refused } else { Outcome::Failed };
            ended(db, viewer, entry, outcome, None).await;
            return refused;
        }
    };
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
        let made = imported.as_ref().ok().map(|import| import.import_id.to_string());
        let outcome = match &imported {
            Ok(_) => Outcome::Done,
            Err(No::Fault(_)) => Outcome::Failed,
            Err(_) => Outcome::Refused,
        };
        ended(&db, &session.viewer, entry, outcome, made.as_deref()).await;
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

fn named<'a>(upload: &'a Upload, name: &str) -> Option<&'a str> {
    upload.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

// What is to be imported, once all of it has arrived.
async fn wanted(
    session: &Session,
    variant: Option<VariantId>,
    upload: Upload,
) -> Result<(Permit, ImportRequest<Spool>), Uploaded> {
    let Ok(permit) = session.viewer.permit("Mutation.cardsImport") else {
        return Err(problem(403, "FORBIDDEN", "You may not do this here."));
    };
    let Some(variant) = variant else {
        return Err(problem(404, "NOT_FOUND", "variant: not found"));
    };
    let Some(format) = named(&upload, "format").and_then(CardFormat::of) else {
        return Err(problem(422, "INVALID_INPUT", "format: must be LINES or CSV"));
    };
    let dry_run = match named(&upload, "dryRun") {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(problem(422, "INVALID_INPUT", "dryRun: must be true or false")),
    };
    let Some(idempotency_key) = upload.idempotency_key else {
        return Err(problem(400, "BAD_REQUEST", "The header Idempotency-Key is missing."));
    };
    let content = Spool::take(upload.content, FILE_BYTES).await.map_err(|not| match not {
        NotSpooled::TooLarge => problem(413, "BAD_REQUEST", "The file is too large."),
        NotSpooled::Cut(_) => problem(400, "BAD_REQUEST", "The file did not arrive whole."),
        NotSpooled::Fault(fault) => failed(&No::Fault(fault)),
    })?;
    Ok((permit, ImportRequest { variant: variant.0, format, content, dry_run, idempotency_key }))
}

// How it ended stays unsaid where that can't be written down: that it was begun is.
async fn ended(db: &Db, viewer: &Viewer, entry: Option<AuditId>, outcome: Outcome, made: Option<&str>) {
    let Some(id) = entry else { return };
    if let Err(fault) = audit::end(db, viewer, id, outcome, made).await {
        tracing::warn!(%fault, audit = %id, "how an upload ended could not be written down");
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
