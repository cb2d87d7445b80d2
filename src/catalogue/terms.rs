//! Warranty terms: bounds and defaults, which are better, their version, and how they read. Pure.

use super::{ClaimReason, EvidenceKind, ProductKind, RemedyKind};
use crate::foundation::{Fault, No, seal};
use serde::{Deserialize, Serialize};
use sqlx::{FromRow, Row, postgres::PgRow};
use uuid::Uuid;

/// Warranty terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// After delivery, within which a claim may be opened; seconds.
    pub duration_seconds: i32,
    /// What is covered.
    pub covered_reasons: Vec<ClaimReason>,
    /// What may be got, in order.
    pub remedies: Vec<RemedyKind>,
    /// Until a desk first answers; seconds.
    pub answer_seconds: i32,
    /// Until the first decision; seconds.
    pub decision_seconds: i32,
    /// How often one unit may be replaced.
    pub replacement_limit: i32,
    /// After a rejection, within which the buyer may appeal; seconds.
    pub appeal_seconds: i32,
    /// Files of these kinds have to come with a claim, unless it is that nothing came. That it was bought need not be
    /// shown: it is known.
    pub required_evidence: Vec<EvidenceKind>,
}

// As the columns of every table that keeps terms are called.
impl<'r> FromRow<'r, PgRow> for Terms {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            duration_seconds: row.try_get("warranty_seconds")?,
            covered_reasons: row.try_get("covered_reasons")?,
            remedies: row.try_get("remedies")?,
            answer_seconds: row.try_get("answer_seconds")?,
            decision_seconds: row.try_get("decision_seconds")?,
            replacement_limit: row.try_get("replacement_limit")?,
            appeal_seconds: row.try_get("appeal_seconds")?,
            required_evidence: row.try_get("required_evidence")?,
        })
    }
}

const HOUR: i32 = 3_600;
const DAY: i32 = 24 * HOUR;

/// How often a unit may be replaced where nobody says.
pub const REPLACEMENTS: i32 = 3;

/// How long a rejection may be appealed where nobody says; seconds.
pub const APPEAL: i32 = 7 * DAY;

/// What no terms can leave out.
pub const ALWAYS_COVERED: [ClaimReason; 3] =
    [ClaimReason::NotDelivered, ClaimReason::Invalid, ClaimReason::NotAsDescribed];

crate::words! {
    /// A clause of terms, as a refusal names it.
    pub enum Clause {
        /// How long.
        Duration = "durationSeconds",
        /// What is covered.
        Covered = "coveredReasons",
        /// What may be got.
        Remedies = "remedies",
        /// The time to first answer.
        Answer = "answerWithinSeconds",
        /// The time to decide.
        Decision = "decisionWithinSeconds",
        /// How often a unit may be replaced.
        Replacements = "replacementLimit",
        /// How long a rejection may be appealed.
        Appeal = "appealWithinSeconds",
        /// What has to come with a claim.
        Evidence = "requiredEvidence",
    }
}

impl Terms {
    /// The network's default for a kind of good.
    pub fn default_for(kind: ProductKind) -> Self {
        let days = match kind {
            ProductKind::Card | ProductKind::TopUp => 3,
            ProductKind::Membership | ProductKind::Licence => 30,
            ProductKind::GiftCard | ProductKind::Service => 7,
        };
        let remedies = match kind {
            ProductKind::Membership => {
                vec![RemedyKind::Replace, RemedyKind::ProrataRefund, RemedyKind::Refund]
            }
            ProductKind::TopUp | ProductKind::Service => vec![RemedyKind::Refund, RemedyKind::Compensate],
            _ => vec![RemedyKind::Replace, RemedyKind::Refund, RemedyKind::Compensate],
        };
        Self {
            duration_seconds: days * DAY,
            covered_reasons: ClaimReason::ALL.to_vec(),
            remedies,
            answer_seconds: 8 * HOUR,
            decision_seconds: 48 * HOUR,
            replacement_limit: REPLACEMENTS,
            appeal_seconds: APPEAL,
            required_evidence: Vec::new(),
        }
    }

    /// Terms within bounds; what is always covered is, whether it was said or not.
    ///
    /// # Errors
    /// INVALID_INPUT below `input.warranty`.
    pub fn checked(mut self) -> Result<Self, No> {
        if !(1..=10 * 365 * DAY).contains(&self.duration_seconds) {
            return Err(No::invalid("must be between 1 second and 10 years", "warranty.durationSeconds"));
        }
        if !(1..=90 * DAY).contains(&self.decision_seconds) {
            return Err(No::invalid(
                "must be between 1 second and 90 days",
                "warranty.decisionWithinSeconds",
            ));
        }
        if !(1..=self.decision_seconds).contains(&self.answer_seconds) {
            return Err(No::invalid(
                "must be between 1 second and the time to decide",
                "warranty.answerWithinSeconds",
            ));
        }
        if !(0..=100).contains(&self.replacement_limit) {
            return Err(No::invalid("must be between 0 and 100", "warranty.replacementLimit"));
        }
        if !(1..=365 * DAY).contains(&self.appeal_seconds) {
            return Err(No::invalid("must be between 1 second and 365 days", "warranty.appealWithinSeconds"));
        }
        if self.required_evidence.contains(&EvidenceKind::Other) {
            return Err(No::invalid("OTHER does not say what has to come", "warranty.requiredEvidence"));
        }
        self.required_evidence.sort_unstable();
        self.required_evidence.dedup();
        if self.remedies.is_empty() {
            return Err(No::invalid("must name at least one remedy", "warranty.remedies"));
        }
        let mut seen = Vec::new();
        self.remedies.retain(|remedy| {
            !seen.contains(remedy) && {
                seen.push(*remedy);
                true
            }
        });
        self.covered_reasons.extend(ALWAYS_COVERED);
        self.covered_reasons.sort_unstable();
        self.covered_reasons.dedup();
        Ok(self)
    }

    /// The reasons that are not covered.
    pub fn excluded_reasons(&self) -> Vec<ClaimReason> {
        ClaimReason::ALL.iter().copied().filter(|reason| !self.covered_reasons.contains(reason)).collect()
    }

    /// The first clause that is worse for the buyer than in `above`.
    pub fn worse_than(&self, above: &Self) -> Option<Clause> {
        let lacks = |clause, worse: bool| worse.then_some(clause);
        lacks(Clause::Duration, self.duration_seconds < above.duration_seconds)
            .or(lacks(
                Clause::Covered,
                above.covered_reasons.iter().any(|reason| !self.covered_reasons.contains(reason)),
            ))
            .or(lacks(Clause::Remedies, above.remedies.iter().any(|remedy| !self.remedies.contains(remedy))))
            .or(lacks(Clause::Answer, self.answer_seconds > above.answer_seconds))
            .or(lacks(Clause::Decision, self.decision_seconds > above.decision_seconds))
            .or(lacks(Clause::Replacements, self.replacement_limit < above.replacement_limit))
            .or(lacks(Clause::Appeal, self.appeal_seconds < above.appeal_seconds))
            .or(lacks(
                Clause::Evidence,
                self.required_evidence.iter().any(|kind| !above.required_evidence.contains(kind)),
            ))
    }

    /// Refuses terms that are worse than those above them.
    ///
    /// # Errors
    /// INVALID_INPUT at the clause.
    pub fn improve_on(&self, above: &Self, whose: &str) -> Result<(), No> {
        match self.worse_than(above) {
            None => Ok(()),
            Some(clause) => {
                Err(No::invalid(format!("is worse than {whose}"), &format!("warranty.{}", clause.word())))
            }
        }
    }

    /// Clause by clause the better one of both; of remedies, the own ones first.
    #[must_use]
    pub fn best_of(&self, other: &Self) -> Self {
        let mut best = self.clone();
        best.duration_seconds = best.duration_seconds.max(other.duration_seconds);
        best.covered_reasons.extend(&other.covered_reasons);
        best.covered_reasons.sort_unstable();
        best.covered_reasons.dedup();
        let missing: Vec<RemedyKind> =
            other.remedies.iter().copied().filter(|remedy| !self.remedies.contains(remedy)).collect();
        best.remedies.extend(missing);
        best.decision_seconds = best.decision_seconds.min(other.decision_seconds);
        best.answer_seconds = best.answer_seconds.min(other.answer_seconds);
        best.replacement_limit = best.replacement_limit.max(other.replacement_limit);
        best.appeal_seconds = best.appeal_seconds.max(other.appeal_seconds);
        best.required_evidence.retain(|kind| other.required_evidence.contains(kind));
        best
    }

    /// Which terms they are: 32 hex digits of a digest of every clause. The same clauses have the same version,
    /// whoever set them and when.
    pub fn version(&self) -> String {
        let words = |words: Vec<&str>| words.join(",");
        let numbers = [
            self.duration_seconds,
            self.answer_seconds,
            self.decision_seconds,
            self.replacement_limit,
            self.appeal_seconds,
        ]
        .map(|number| number.to_string());
        let covered = words(self.covered_reasons.iter().map(|word| word.word()).collect());
        let remedies = words(self.remedies.iter().map(|word| word.word()).collect());
        let mut parts: Vec<&[u8]> = numbers.iter().map(String::as_bytes).collect();
        parts.push(covered.as_bytes());
        parts.push(remedies.as_bytes());
        // Nothing asked for is no clause.
        let evidence = words(self.required_evidence.iter().map(|word| word.word()).collect());
        if !evidence.is_empty() {
            parts.push(evidence.as_bytes());
        }
        let digest = seal::digest(&parts);
        Uuid::from_slice(&digest[..16]).unwrap_or_default().simple().to_string()
    }
}

/// Terms as they are kept as JSON.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Written {
    duration_seconds: i32,
    covered_reasons: Vec<String>,
    remedies: Vec<String>,
    answer_seconds: i32,
    decision_seconds: i32,
    replacement_limit: i32,
    appeal_seconds: i32,
    #[serde(default)]
    required_evidence: Vec<String>,
}

impl From<&Terms> for Written {
    fn from(terms: &Terms) -> Self {
        Self {
            duration_seconds: terms.duration_seconds,
            covered_reasons: terms.covered_reasons.iter().map(|word| word.word().to_owned()).collect(),
            remedies: terms.remedies.iter().map(|word| word.word().to_owned()).collect(),
            answer_seconds: terms.answer_seconds,
            decision_seconds: terms.decision_seconds,
            replacement_limit: terms.replacement_limit,
            appeal_seconds: terms.appeal_seconds,
            required_evidence: terms.required_evidence.iter().map(|word| word.word().to_owned()).collect(),
        }
    }
}

impl TryFrom<Written> for Terms {
    type Error = Fault;
    fn try_from(written: Written) -> Result<Self, Fault> {
        let unknown = || Fault::new("terms were kept with a word that is none");
        let reasons = written.covered_reasons.iter().map(|word| ClaimReason::of(word).ok_or_else(unknown));
        let remedies = written.remedies.iter().map(|word| RemedyKind::of(word).ok_or_else(unknown));
        let evidence =
            written.required_evidence.iter().map(|word| EvidenceKind::of(word).ok_or_else(unknown));
        Ok(Self {
            duration_seconds: written.duration_seconds,
            covered_reasons: reasons.collect::<Result<_, _>>()?,
            remedies: remedies.collect::<Result<_, _>>()?,
            answer_seconds: written.answer_seconds,
            decision_seconds: written.decision_seconds,
            replacement_limit: written.replacement_limit,
            appeal_seconds: written.appeal_seconds,
            required_evidence: evidence.collect::<Result<_, _>>()?,
        })
    }
}

crate::words! {
    /// A language that terms can be read in.
    pub enum Language {
        /// Chinese.
        Zh = "ZH",
        /// English.
        En = "EN",
    }
}

impl Terms {
    /// The terms as sentences, a clause a line.
    pub fn text(&self, language: Language) -> String {
        let reasons = |reasons: &[ClaimReason]| {
            let join = if language == Language::Zh { "、" } else { "; " };
            reasons.iter().map(|reason| reason_text(*reason, language)).collect::<Vec<_>>().join(join)
        };
        let remedies = self.remedies.iter().map(|remedy| remedy_text(*remedy, language)).collect::<Vec<_>>();
        let [duration, answer, decision, appeal] =
            [self.duration_seconds, self.answer_seconds, self.decision_seconds, self.appeal_seconds]
                .map(|time| span(time, language));
        let (covered, excluded) = (reasons(&self.covered_reasons), self.excluded_reasons());
        let mut lines = match language {
            Language::Zh => vec![
                format!("质保期:自交付起 {duration}。"),
                format!("质保范围:{covered}。"),
                format!("处理方式(依次):{}。", remedies.join("、")),
                format!("首次答复:{answer}内;作出决定:{decision}内。"),
                format!("每件最多更换 {} 次。", self.replacement_limit),
                format!("如被拒绝，{appeal}内可申诉。"),
            ],
            Language::En => vec![
                format!("Warranty: {duration} from delivery."),
                format!("Covered: {covered}."),
                format!("What you may get, in this order: {}.", remedies.join(", ")),
                format!("First answer within {answer}; decision within {decision}."),
                format!("Each unit is replaced at most {} times.", self.replacement_limit),
                format!("A rejection may be appealed within {appeal}."),
            ],
        };
        if !excluded.is_empty() {
            let text = reasons(&excluded);
            lines.insert(
                2,
                match language {
                    Language::Zh => format!("不在范围内:{text}。"),
                    Language::En => format!("Not covered: {text}."),
                },
            );
        }
        if !self.required_evidence.is_empty() {
            let kinds = self.required_evidence.iter().map(|kind| evidence_text(*kind, language));
            let kinds = kinds.collect::<Vec<_>>();
            lines.push(match language {
                Language::Zh => format!("申请时需附:{}（未交付除外）。", kinds.join("、")),
                Language::En => format!("A claim needs: {}; none where nothing arrived.", kinds.join(", ")),
            });
        }
        lines.join("\n")
    }
}

// Whole days, hours, minutes or seconds: the largest unit that says it exactly.
fn span(seconds: i32, language: Language) -> String {
    let units: [(i32, &str, &str); 4] =
        [(DAY, "天", "day"), (HOUR, "小时", "hour"), (60, "分钟", "minute"), (1, "秒", "second")];
    let (size, zh, en) =
        units.into_iter().find(|(size, ..)| seconds % size == 0).unwrap_or((1, "秒", "second"));
    let count = seconds / size;
    match (language, count) {
        (Language::Zh, _) => format!("{count} {zh}"),
        (Language::En, 1) => format!("1 {en}"),
        (Language::En, _) => format!("{count} {en}s"),
    }
}

const fn reason_text(reason: ClaimReason, language: Language) -> &'static str {
    let (zh, en) = match reason {
        ClaimReason::NotDelivered => ("未交付", "nothing usable arrived"),
        ClaimReason::Invalid => ("无效、无法使用", "it does not work"),
        ClaimReason::AlreadyUsed => ("已被使用", "somebody used it before"),
        ClaimReason::WrongRegionOrEdition => ("地区或版本不符", "it is for another region or edition"),
        ClaimReason::NotAsDescribed => ("与描述不符", "it is not what was described"),
        ClaimReason::ExpiredEarly => ("提前失效", "it ended before its time"),
        ClaimReason::Revoked => ("被发行方收回", "its issuer took it back"),
        ClaimReason::CannotActivate => ("无法激活", "it can't be activated"),
    };
    if matches!(language, Language::Zh) { zh } else { en }
}

const fn remedy_text(remedy: RemedyKind, language: Language) -> &'static str {
    let (zh, en) = match remedy {
        RemedyKind::Replace => ("换货", "another one"),
        RemedyKind::Refund => ("退款", "your money back"),
        RemedyKind::ProrataRefund => ("按剩余天数退款", "the money for the unused days"),
        RemedyKind::Compensate => ("补偿", "a compensation"),
    };
    if matches!(language, Language::Zh) { zh } else { en }
}

const fn evidence_text(kind: EvidenceKind, language: Language) -> &'static str {
    let (zh, en) = match kind {
        EvidenceKind::PurchaseProof => ("购买凭证（平台已有）", "proof of purchase, which we have"),
        EvidenceKind::Screenshot => ("截图", "a screenshot"),
        EvidenceKind::Video => ("视频", "a video"),
        EvidenceKind::Log => ("日志", "a log"),
        EvidenceKind::ChatExcerpt => ("聊天记录", "what was said elsewhere"),
        EvidenceKind::Other => ("其他", "something else"),
    };
    if matches!(language, Language::Zh) { zh } else { en }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card() -> Terms {
        Terms::default_for(ProductKind::Card)
    }

    #[test]
    fn what_is_always_covered_cannot_be_left_out() {
        let terms = Terms { covered_reasons: vec![ClaimReason::Revoked], ..card() };
        let covered = terms.checked().unwrap().covered_reasons;
        assert!(ALWAYS_COVERED.iter().all(|reason| covered.contains(reason)) && covered.len() == 4);
        let none = Terms { remedies: vec![], ..card() };
        assert!(none.checked().is_err());
        assert!(Terms { answer_seconds: 48 * HOUR + 1, ..card() }.checked().is_err());
        assert!(Terms { replacement_limit: 101, ..card() }.checked().is_err());
        assert!(Terms { appeal_seconds: 0, ..card() }.checked().is_err());
        assert!(Terms { required_evidence: vec![EvidenceKind::Other], ..card() }.checked().is_err());
    }

    #[test]
    fn each_clause_can_be_worse_and_is_named_and_the_best_of_both_is_worse_than_neither() {
        let above = Terms { required_evidence: vec![EvidenceKind::Screenshot, EvidenceKind::Log], ..card() };
        let card = || above.clone();
        let worse = [
            (Clause::Duration, Terms { duration_seconds: above.duration_seconds - 1, ..card() }),
            (Clause::Covered, Terms { covered_reasons: ALWAYS_COVERED.to_vec(), ..card() }),
            (Clause::Remedies, Terms { remedies: vec![RemedyKind::Refund], ..card() }),
            (Clause::Answer, Terms { answer_seconds: above.answer_seconds + 1, ..card() }),
            (Clause::Decision, Terms { decision_seconds: above.decision_seconds + 1, ..card() }),
            (Clause::Replacements, Terms { replacement_limit: 2, ..card() }),
            (Clause::Appeal, Terms { appeal_seconds: above.appeal_seconds - 1, ..card() }),
            (
                Clause::Evidence,
                Terms { required_evidence: vec![EvidenceKind::Screenshot, EvidenceKind::Video], ..card() },
            ),
        ];
        for (clause, terms) in &worse {
            assert_eq!(terms.worse_than(&above), Some(*clause));
            let best = terms.best_of(&above);
            assert_eq!((best.worse_than(&above), best.worse_than(terms)), (None, None), "{clause}");
            assert_ne!(terms.version(), above.version(), "{clause}");
        }
        assert_eq!(above.worse_than(&above), None);
        assert_eq!(above.version(), card().version());
        assert_eq!(above.version().len(), 32);
    }

    #[test]
    fn terms_are_kept_as_they_are() {
        for kind in ProductKind::ALL {
            let terms = Terms::default_for(*kind);
            let json = serde_json::to_string(&Written::from(&terms)).unwrap();
            assert_eq!(Terms::try_from(serde_json::from_str::<Written>(&json).unwrap()).unwrap(), terms);
        }
    }

    #[test]
    fn terms_read_like_sentences() {
        let terms = Terms { covered_reasons: ALWAYS_COVERED.to_vec(), answer_seconds: 90, ..card() };
        assert_eq!(
            terms.text(Language::En),
            "Warranty: 3 days from delivery.
Covered: nothing usable arrived; it does not work; it is not what was described.
Not covered: somebody used it before; it is for another region or edition; it ended before its time; \
             its issuer took it back; it can't be activated.
What you may get, in this order: another one, your money back, a compensation.
First answer within 90 seconds; decision within 2 days.
Each unit is replaced at most 3 times.
A rejection may be appealed within 7 days."
        );
        let asking = Terms { required_evidence: vec![EvidenceKind::Screenshot], ..card() };
        assert!(
            asking.text(Language::En).ends_with("\nA claim needs: a screenshot; none where nothing arrived.")
        );
        assert!(terms.text(Language::Zh).starts_with("质保期:自交付起 3 天。\n质保范围:未交付、无效"));
    }
}
