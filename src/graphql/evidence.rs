//! Evidence: announcing files, submitting them, and what a claim rests on.

use super::{
    loader::{EvidenceOf, MatchesOf},
    scalar::DateTime,
    session::{Ask, id, nullable},
    warranty::{WarrantyClaim, WarrantyClaimPayload},
};
use crate::{
    evidence::{self, About, CreateUpload, Linked, UploadId},
    foundation::{No, blobs::hex},
    orders::DeliveryId,
    payload,
    warranty::{self, AddEvidence, ClaimId},
};
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

/// What a file is for.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
pub enum UploadPurpose {
    /// To be submitted for a warranty claim.
    Evidence,
}

/// What a file is meant to show.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "evidence::EvidenceKind")]
pub enum EvidenceKind {
    /// That it was bought.
    PurchaseProof,
    /// The problem, as it looks.
    Screenshot,
    /// The problem, as it happens.
    Video,
    /// What a program wrote.
    Log,
    /// What was said elsewhere.
    ChatExcerpt,
    /// Anything else.
    Other,
}

/// Who submitted a file.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(remote = "evidence::Party")]
pub enum ClaimParty {
    /// The buyer.
    Buyer,
    /// The selling site.
    Site,
    /// The supplier.
    Supplier,
    /// The operator.
    Operator,
}

/// A file submitted for a claim. It is neither changed nor deleted.
#[derive(Clone)]
pub struct Evidence(evidence::Evidence);

/// A file submitted for a claim. It is neither changed nor deleted.
#[Object]
impl Evidence {
    /// Opaque; begins with evd_.
    async fn id(&self) -> ID {
        ID(self.0.evidence_id.to_string())
    }

    /// What it is meant to show.
    async fn kind(&self) -> EvidenceKind {
        self.0.kind.into()
    }

    /// As its sender calls it. A text to show, not a path.
    async fn file_name(&self) -> &str {
        &self.0.file_name
    }

    /// What it is, by what is in it.
    async fn media_type(&self) -> &str {
        self.0.media_type.word()
    }

    /// Its length as it is kept.
    async fn byte_size(&self) -> i32 {
        self.0.byte_size
    }

    /// SHA-256 of what is kept, in hex. Pictures are written anew, so that nothing but their pixels is kept.
    async fn sha256(&self) -> String {
        hex(&self.0.sha256)
    }

    /// SHA-256 of what was sent, in hex.
    async fn original_sha256(&self) -> String {
        hex(&self.0.original_sha256)
    }

    /// Who submitted it.
    async fn uploaded_by(&self) -> ClaimParty {
        self.0.party.into()
    }

    /// When.
    async fn submitted_at(&self) -> DateTime {
        DateTime(self.0.submitted_at)
    }

    /// Where to fetch it for five minutes: a path at the address of the API. It is saved, never shown.
    async fn download_url(&self, ctx: &Context<'_>) -> String {
        let (sealer, network) = (&ctx.services().sealer, ctx.network());
        evidence::link(sealer, Linked::Evidence, network, self.0.evidence_id.0, self.0.now)
    }
}

/// A file of another claim that is the same as one of this claim's, or looks the same.
#[derive(Clone, SimpleObject)]
pub struct EvidenceMatch {
    /// This claim's file.
    evidence_id: ID,
    /// The other claim.
    claim_id: ID,
    /// When the other file was submitted.
    submitted_at: DateTime,
    /// The same, byte for byte, as it was sent or as it is kept.
    exact: bool,
    /// In how many of 64 bits they look different, 0 to 6; null where they are the same.
    distance: Option<i32>,
}

/// What was submitted for a claim, as far as the viewer may see it.
///
/// # Errors
/// When the database fails.
pub async fn of_claim(ctx: &Context<'_>, claim: uuid::Uuid) -> Result<Vec<Evidence>> {
    let files = ctx.loaders().evidence.load_one(EvidenceOf(claim)).await?.unwrap_or_default();
    Ok(files.iter().cloned().map(Evidence).collect())
}

/// What of that is like another claim's, for those who decide.
pub async fn matches_of_claim(ctx: &Context<'_>, claim: uuid::Uuid) -> Option<Result<Vec<EvidenceMatch>>> {
    nullable(async {
        if !ctx.viewer().actor.is_staff() || !ctx.viewer().can_do("claim:decide") {
            return Ok(None);
        }
        let found = ctx.loaders().matches.load_one(MatchesOf(claim)).await?.unwrap_or_default();
        let shown = found.iter().map(|one| EvidenceMatch {
            evidence_id: ID(one.evidence_id.to_string()),
            claim_id: ID(ClaimId(one.claim_id).to_string()),
            submitted_at: DateTime(one.submitted_at),
            exact: one.distance.is_none(),
            distance: one.distance,
        });
        Ok(Some(shown.collect()))
    })
    .await
}

/// Ids of uploads as a mutation names them. What is no such id looks like one that is not there.
///
/// # Errors
/// NOT_FOUND at its place.
pub fn upload_ids(ids: Vec<ID>, path: &str) -> Result<Vec<UploadId>, No> {
    ids.iter().enumerate().map(|(at, one)| id(one, &format!("{path}.{at}"))).collect()
}

/// A file that is about to be sent.
#[derive(InputObject)]
pub struct UploadCreateInput {
    /// What it is for.
    purpose: UploadPurpose,
    /// The claim that it is for, where that is open already.
    claim_id: Option<ID>,
    /// The delivery that a claim is about to be opened on; the caller's own. Either this or claimId.
    delivery_id: Option<ID>,
    /// What it is meant to show.
    kind: EvidenceKind,
    /// What it is called, 1 to 255 characters. Only shown: what a file is depends on what is in it.
    file_name: String,
    /// Its length, 1 to 10,485,760 bytes; what is sent must have exactly that.
    byte_size: i32,
    /// SHA-256 of what will be sent, in hex; another file is refused then.
    sha256: Option<String>,
}

/// Files for a claim.
#[derive(InputObject)]
pub struct ClaimEvidenceAddInput {
    /// The claim; open.
    claim_id: ID,
    /// What was sent before, by the caller, for this claim or its delivery; at most 20.
    upload_ids: Vec<ID>,
}

/// Leave to send one file.
#[derive(SimpleObject, Clone)]
pub struct Upload {
    /// What to name it by when it is submitted (`upl_…`).
    id: ID,
    /// Send the file there by PUT, its bytes as the body: a path at the address of the API. It works once, and as often
    /// as it takes to work once; nobody need sign in to use it.
    url: String,
    /// Until when.
    expires_at: DateTime,
}

payload! {
    /// Leave to send a file, or why not.
    UploadCreatePayload {
        /// Where to send it.
        upload: Upload
    }
}

impl UploadCreateInput {
    fn parse(self) -> Result<CreateUpload, No> {
        let UploadPurpose::Evidence = self.purpose;
        let about = match (self.claim_id, self.delivery_id) {
            (Some(claim), None) => About::Claim(id::<ClaimId>(&claim, "claimId")?.0),
            (None, Some(delivery)) => About::Delivery(id::<DeliveryId>(&delivery, "deliveryId")?.0),
            _ => return Err(No::invalid("name either the claim or the delivery", "claimId")),
        };
        Ok(CreateUpload {
            about,
            kind: self.kind.into(),
            file_name: self.file_name,
            byte_size: self.byte_size,
            sha256: self.sha256,
        })
    }
}

/// Files to announce and to submit.
#[derive(Default)]
pub struct EvidenceMutation;

/// Files to announce and to submit.
#[Object]
impl EvidenceMutation {
    /// Announces a file, and answers where to send it: JPEG, PNG, WebP, PDF, MP4 or plain text, at most 10 MiB, 60
    /// files and 200 MiB a day. What is sent is not evidence yet: submit it within a day, with a new claim
    /// (`evidenceUploadIds`) or by `claimEvidenceAdd`.
    async fn upload_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: UploadCreateInput,
    ) -> Result<UploadCreatePayload> {
        let permit = ctx.permit()?;
        let done = async {
            let input = input.parse()?;
            evidence::create_upload(&ctx.services().db, &ctx.services().sealer, permit, input).await
        };
        UploadCreatePayload::of(done.await.map(|created| Upload {
            id: ID(created.id.to_string()),
            url: created.path,
            expires_at: DateTime(created.expires_at),
        }))
    }

    /// Submits files for an open claim, by its buyer or by staff of its site, its supplier or the operator. What is
    /// submitted stays: nobody can change or delete it. A file that was submitted before is left as it is.
    async fn claim_evidence_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The claim and the files.")] input: ClaimEvidenceAddInput,
    ) -> Result<WarrantyClaimPayload> {
        let permit = ctx.permit()?;
        let done = async {
            let claim = id(&input.claim_id, "claimId")?;
            let uploads = upload_ids(input.upload_ids, "uploadIds")?;
            warranty::add_evidence(&ctx.services().db, permit, AddEvidence { claim, uploads }).await
        };
        WarrantyClaimPayload::of(done.await.map(|claim| WarrantyClaim::of(ctx.session(), claim)))
    }
}
