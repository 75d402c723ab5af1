use crate::{Catalog, CatalogError, audit};
use model::{CouncilFinding, Risk, Timestamp, Verdict};
use rusqlite::{OptionalExtension as _, Row, Transaction};
use std::collections::BTreeMap;

/// A call of a model.
#[derive(Debug, Clone, Copy)]
pub struct CouncilCall<'a> {
    pub reviewer: &'a str,
    pub tokens: u64,
    /// Millionths of a dollar.
    pub micros: u64,
    /// The answer, if one came; it is given again to the same question.
    pub answer: Option<&'a str>,
}

/// A review, to be recorded.
#[derive(Debug, Clone)]
pub struct ReviewRecord<'a> {
    /// What was reviewed, for people: `migrate.apply .specwright/dev.db`.
    pub subject: &'a str,
    pub subject_hash: &'a str,
    pub base_hash: &'a str,
    pub policy_version: &'a str,
    pub verdict: Verdict,
    /// JSON, as the writer made it.
    pub report: &'a str,
    /// The parts that were looked at. What was found in them before and is not found now is fixed.
    pub parts: &'a [String],
    pub findings: &'a [CouncilFinding],
}

/// A review, as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReview {
    pub id: i64,
    pub subject: String,
    pub subject_hash: String,
    pub base_hash: String,
    pub policy_version: String,
    pub at: Timestamp,
    pub verdict: Verdict,
    pub report: String,
}

/// A finding over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFinding {
    pub part: String,
    pub fingerprint: String,
    /// Who said it, in order of name.
    pub reviewers: Vec<String>,
    pub rule: String,
    pub class: String,
    pub risk: Risk,
    pub evidence: String,
    pub object: String,
    pub claim: String,
    pub quote: String,
    /// From 1, as it was when it was last found.
    pub line: Option<u32>,
    /// Whether it was found when its part was last looked at.
    pub is_open: bool,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
    /// In force or not.
    pub suppression: Option<Suppression>,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    pub fingerprint: String,
    pub reason: String,
    /// The finding's risk when it was suppressed.
    pub risk: Risk,
    pub until: Option<Timestamp>,
}

impl Suppression {
    /// Whether it holds for a finding of `risk` at `now`: it has not run out, and the finding has
    /// not become worse.
    #[must_use]
    pub fn holds(&self, risk: Risk, now: Timestamp) -> bool {
        risk <= self.risk && self.until.is_none_or(|it| now < it)
    }
}

impl Catalog {
    /// What a model answered to the question with this key.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn council_answer(&self, key: &[u8; 32]) -> Result<Option<String>, CatalogError> {
        let sql = "SELECT answer FROM council_answer WHERE key = ?1";
        let read = self.db.prepare_cached(sql);
        let read = read.and_then(|mut it| it.query_row([key], |row| row.get(0)).optional());
        read.map_err(|source| CatalogError::new("look for a model's answer", source))
    }

    /// Records what a call cost, and its answer.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn record_council_call(
        &mut self,
        key: &[u8; 32],
        call: &CouncilCall<'_>,
    ) -> Result<(), CatalogError> {
        self.change("record a call of a model", |tx, author| {
            let (tokens, micros) = (number(call.tokens), number(call.micros));
            let detail = format!("{tokens} tokens, {micros} millionths of a dollar");
            let seq = audit::append(tx, author, "council.call", call.reviewer, &detail)?;
            tx.prepare_cached(
                "INSERT INTO council_call (at_ms, reviewer, tokens, micros, audit_seq)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute((author.now.0, call.reviewer, tokens, micros, seq))?;
            if let Some(answer) = call.answer {
                tx.prepare_cached(
                    "INSERT INTO council_answer (key, reviewer, answer) VALUES (?1, ?2, ?3)
                     ON CONFLICT (key) DO UPDATE SET answer = excluded.answer",
                )?
                .execute((key, call.reviewer, answer))?;
            }
            Ok(())
        })
    }

    /// Tokens, and millionths of a dollar, spent on models since `since`.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn council_spent(&self, since: Timestamp) -> Result<(u64, u64), CatalogError> {
        let sql = "SELECT coalesce(sum(tokens), 0), coalesce(sum(micros), 0)
                   FROM council_call WHERE at_ms >= ?1";
        let read = self.db.query_row(sql, [since.0], |row| Ok((row.get(0)?, row.get(1)?)));
        let (tokens, micros): (i64, i64) =
            read.map_err(|source| CatalogError::new("add up what models cost", source))?;
        Ok((u64::try_from(tokens).unwrap_or(0), u64::try_from(micros).unwrap_or(0)))
    }

    /// Records a review and brings its findings up to date.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn record_review(&mut self, record: &ReviewRecord<'_>) -> Result<i64, CatalogError> {
        self.change("record a review", |tx, author| {
            let detail = format!(
                "{} on {} over {} by {}",
                record.verdict.word(),
                record.subject_hash,
                record.base_hash,
                record.policy_version
            );
            let seq = audit::append(tx, author, "council.review", record.subject, &detail)?;
            tx.prepare_cached(
                "INSERT INTO council_review (subject, subject_hash, base_hash, policy_version,
                 at_ms, verdict, report, audit_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute((
                record.subject,
                record.subject_hash,
                record.base_hash,
                record.policy_version,
                author.now.0,
                record.verdict.word(),
                record.report,
                seq,
            ))?;
            let id = tx.last_insert_rowid();
            for part in record.parts {
                tx.prepare_cached("UPDATE council_finding SET is_open = 0 WHERE part = ?1")?
                    .execute([part])?;
            }
            for finding in merged(record.findings).values() {
                keep(tx, id, finding)?;
            }
            Ok(id)
        })
    }

    /// The latest review of that subject over that base by these rules.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn review_of(
        &self,
        subject_hash: &str,
        base_hash: &str,
        policy_version: &str,
    ) -> Result<Option<StoredReview>, CatalogError> {
        let read = || {
            let sql = "SELECT id, subject, subject_hash, base_hash, policy_version, at_ms, verdict,
                       report FROM council_review
                       WHERE subject_hash = ?1 AND base_hash = ?2 AND policy_version = ?3
                       ORDER BY id DESC LIMIT 1";
            let hashes = (subject_hash, base_hash, policy_version);
            self.db.prepare_cached(sql)?.query_row(hashes, review).optional()
        };
        read().map_err(|source| CatalogError::new("look for a review", source))
    }

    /// The latest reviews, newest first.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn reviews(&self, n_max: u32) -> Result<Vec<StoredReview>, CatalogError> {
        let read = || {
            let sql = "SELECT id, subject, subject_hash, base_hash, policy_version, at_ms, verdict,
                       report FROM council_review ORDER BY id DESC LIMIT ?1";
            self.db
                .prepare_cached(sql)?
                .query_map([n_max], review)?
                .collect::<rusqlite::Result<_>>()
        };
        read().map_err(|source| CatalogError::new("read the latest reviews", source))
    }

    /// All findings that were ever recorded, open ones first, by part and fingerprint.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn council_findings(&self) -> Result<Vec<StoredFinding>, CatalogError> {
        let read = || {
            let sql =
                "SELECT part, f.fingerprint, reviewers, rule, class, f.risk, evidence, object,
                       claim, quote, line, is_open, first.at_ms, last.at_ms,
                       s.reason, s.risk, s.until_ms
                       FROM council_finding f
                       JOIN council_review first ON first.id = f.first_review
                       JOIN council_review last ON last.id = f.last_review
                       LEFT JOIN council_suppression s ON s.fingerprint = f.fingerprint
                       ORDER BY is_open DESC, part, line, f.fingerprint";
            self.db.prepare_cached(sql)?.query_map((), finding)?.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|source| CatalogError::new("read the findings", source))
    }

    /// Every suppression, whether it holds still or not.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn suppressions(&self) -> Result<Vec<Suppression>, CatalogError> {
        let read = || {
            let sql = "SELECT fingerprint, reason, risk, until_ms FROM council_suppression
                       ORDER BY fingerprint";
            let suppression = |row: &Row<'_>| {
                Ok(Suppression {
                    fingerprint: row.get(0)?,
                    reason: row.get(1)?,
                    risk: risk(row, 2)?,
                    until: row.get::<_, Option<i64>>(3)?.map(Timestamp),
                })
            };
            self.db
                .prepare_cached(sql)?
                .query_map((), suppression)?
                .collect::<rusqlite::Result<_>>()
        };
        read().map_err(|source| CatalogError::new("read the suppressions", source))
    }

    /// Has a finding not count until `until`, or for good; an earlier suppression is replaced.
    ///
    /// # Errors
    /// [`CatalogError::Sqlite`] when the reason is empty; else as for every change.
    pub fn suppress_finding(&mut self, it: &Suppression) -> Result<(), CatalogError> {
        self.change("suppress a finding", |tx, author| {
            let until = it.until.map_or_else(|| "for good".to_owned(), |it| format!("until {}", it.0));
            let detail = format!("{} at risk {}: {}", until, it.risk.word(), it.reason);
            let seq = audit::append(tx, author, "council.suppress", &it.fingerprint, &detail)?;
            tx.prepare_cached(
                "INSERT INTO council_suppression (fingerprint, reason, risk, until_ms, audit_seq)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (fingerprint) DO UPDATE SET reason = excluded.reason,
                 risk = excluded.risk, until_ms = excluded.until_ms, audit_seq = excluded.audit_seq",
            )?
            .execute((&it.fingerprint, &it.reason, it.risk.word(), it.until.map(|it| it.0), seq))?;
            Ok(())
        })
    }

    /// Has a suppressed finding count again; `false` when it was not suppressed.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn unsuppress_finding(&mut self, fingerprint: &str) -> Result<bool, CatalogError> {
        self.change("end a suppression", |tx, author| {
            let sql = "DELETE FROM council_suppression WHERE fingerprint = ?1";
            let n_gone = tx.prepare_cached(sql)?.execute([fingerprint])?;
            if n_gone > 0 {
                audit::append(tx, author, "council.unsuppress", fingerprint, "counts again")?;
            }
            Ok(n_gone > 0)
        })
    }

    /// Records that a person lets a change through against its verdict.
    ///
    /// # Errors
    /// [`CatalogError::Sqlite`] when the reason is empty; else as for every change.
    pub fn override_review(
        &mut self,
        subject: &str,
        (subject_hash, base_hash): (&str, &str),
        verdict: Verdict,
        reason: &str,
    ) -> Result<(), CatalogError> {
        self.change("record an override", |tx, author| {
            let detail = format!("{} of {subject_hash} over {base_hash}: {reason}", verdict.word());
            let seq = audit::append(tx, author, "council.override", subject, &detail)?;
            tx.prepare_cached(
                "INSERT INTO council_override (subject_hash, base_hash, reason, audit_seq)
                 VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (subject_hash, base_hash) DO UPDATE
                 SET reason = excluded.reason, audit_seq = excluded.audit_seq",
            )?
            .execute((subject_hash, base_hash, reason, seq))?;
            Ok(())
        })
    }

    /// The reason for which that subject over that base is let through, if it is.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn override_of(
        &self,
        subject_hash: &str,
        base_hash: &str,
    ) -> Result<Option<String>, CatalogError> {
        let sql = "SELECT reason FROM council_override WHERE subject_hash = ?1 AND base_hash = ?2";
        let read = self.db.prepare_cached(sql);
        let read = read.and_then(|mut it| {
            it.query_row([subject_hash, base_hash], |row| row.get(0)).optional()
        });
        read.map_err(|source| CatalogError::new("look for an override", source))
    }
}

/// What several reviewers say about one thing, with the worst of it.
struct Merged<'a> {
    worst: &'a CouncilFinding,
    reviewers: Vec<&'a str>,
}

fn merged(findings: &[CouncilFinding]) -> BTreeMap<(&str, &str), Merged<'_>> {
    let mut out: BTreeMap<(&str, &str), Merged<'_>> = BTreeMap::new();
    for it in findings {
        let entry = out.entry((part_of(it), it.fingerprint.as_str()));
        let merged = entry.or_insert_with(|| Merged { worst: it, reviewers: Vec::new() });
        if (it.risk, it.evidence) > (merged.worst.risk, merged.worst.evidence) {
            merged.worst = it;
        }
        merged.reviewers.push(&it.reviewer);
        merged.reviewers.sort_unstable();
        merged.reviewers.dedup();
    }
    out
}

fn part_of(finding: &CouncilFinding) -> &str {
    finding.place.as_ref().map_or("", |it| &it.part)
}

fn keep(tx: &Transaction<'_>, review: i64, merged: &Merged<'_>) -> rusqlite::Result<()> {
    let it = merged.worst;
    tx.prepare_cached(
        "INSERT INTO council_finding (part, fingerprint, reviewers, rule, class, risk, evidence,
         object, claim, quote, line, is_open, first_review, last_review)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 1, ?12, ?12)
         ON CONFLICT (part, fingerprint) DO UPDATE SET reviewers = excluded.reviewers,
         rule = excluded.rule, class = excluded.class, risk = excluded.risk,
         evidence = excluded.evidence, object = excluded.object, claim = excluded.claim,
         quote = excluded.quote, line = excluded.line, is_open = 1,
         last_review = excluded.last_review",
    )?
    .execute(rusqlite::params![
        part_of(it),
        it.fingerprint,
        merged.reviewers.join("\n"),
        it.rule,
        it.class.word(),
        it.risk.word(),
        it.evidence.word(),
        it.object,
        it.claim,
        it.quote,
        it.place.as_ref().map(|it| it.line),
        review,
    ])?;
    Ok(())
}

fn review(row: &Row<'_>) -> rusqlite::Result<StoredReview> {
    let word: String = row.get(6)?;
    Ok(StoredReview {
        id: row.get(0)?,
        subject: row.get(1)?,
        subject_hash: row.get(2)?,
        base_hash: row.get(3)?,
        policy_version: row.get(4)?,
        at: Timestamp(row.get(5)?),
        // The column allows no other words.
        verdict: Verdict::from_word(&word).unwrap_or(Verdict::Block),
        report: row.get(7)?,
    })
}

fn finding(row: &Row<'_>) -> rusqlite::Result<StoredFinding> {
    let fingerprint: String = row.get(1)?;
    let suppression = match row.get::<_, Option<String>>(14)? {
        None => None,
        Some(reason) => Some(Suppression {
            fingerprint: fingerprint.clone(),
            reason,
            risk: risk(row, 15)?,
            until: row.get::<_, Option<i64>>(16)?.map(Timestamp),
        }),
    };
    let reviewers: String = row.get(2)?;
    Ok(StoredFinding {
        part: row.get(0)?,
        fingerprint,
        reviewers: reviewers.lines().map(str::to_owned).collect(),
        rule: row.get(3)?,
        class: row.get(4)?,
        risk: risk(row, 5)?,
        evidence: row.get(6)?,
        object: row.get(7)?,
        claim: row.get(8)?,
        quote: row.get(9)?,
        line: row.get(10)?,
        is_open: row.get(11)?,
        first_at: Timestamp(row.get(12)?),
        last_at: Timestamp(row.get(13)?),
        suppression,
    })
}

/// The column allows no other words; a row made by hand is taken for the worst.
fn risk(row: &Row<'_>, index: usize) -> rusqlite::Result<Risk> {
    let word: String = row.get(index)?;
    Ok(Risk::from_word(&word).unwrap_or(Risk::Critical))
}

fn number(it: u64) -> i64 {
    i64::try_from(it).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use model::{Class, EvidenceLevel, FindingPlace, Span};
    use std::sync::Arc;
    use system::TestSystem;

    fn catalog() -> Catalog {
        Catalog::in_memory(Arc::new(TestSystem::new()), "test").expect("memory")
    }

    fn found(reviewer: &str, fingerprint: &str, part: &str, risk: Risk) -> CouncilFinding {
        CouncilFinding {
            reviewer: reviewer.to_owned(),
            rule: "data-loss".to_owned(),
            class: Class::DataLoss,
            risk,
            stake: None,
            object: "posts".to_owned(),
            evidence: EvidenceLevel::Plausible,
            quote: "drop".to_owned(),
            place: Some(FindingPlace { part: part.to_owned(), span: Span::new(0, 4), line: 1 }),
            claim: "rows go".to_owned(),
            trigger: String::new(),
            fix: None,
            fingerprint: fingerprint.to_owned(),
        }
    }

    fn record(catalog: &mut Catalog, hash: &str, parts: &[&str], findings: &[CouncilFinding]) {
        let parts: Vec<String> = parts.iter().map(|it| (*it).to_owned()).collect();
        let record = ReviewRecord {
            subject: "migrate.apply dev.db",
            subject_hash: hash,
            base_hash: "base",
            policy_version: "1",
            verdict: Verdict::Block,
            report: "{}",
            parts: &parts,
            findings,
        };
        catalog.record_review(&record).expect("written");
    }

    fn check(catalog: &Catalog, expect: Expect) {
        let mut out = String::new();
        for it in catalog.council_findings().expect("read") {
            let state = if it.is_open { "open" } else { "fixed" };
            let (risk, who) = (it.risk.word(), it.reviewers.join(" and "));
            out += &format!("{} {} {state} {risk} by {who}", it.part, it.fingerprint);
            if let Some(suppression) = &it.suppression {
                out += &format!(", suppressed: {}", suppression.reason);
            }
            out += "\n";
        }
        expect.assert_eq(&out);
        assert!(catalog.verify().expect("read").is_ok());
    }

    #[test]
    fn what_two_reviewers_say_is_one_finding_that_is_open_until_it_is_gone() {
        let mut catalog = catalog();
        let both = [found("b", "1", "a.yaml", Risk::Low), found("a", "1", "a.yaml", Risk::High)];
        record(&mut catalog, "x", &["a.yaml"], &both);
        record(&mut catalog, "y", &["b.yaml"], &[found("a", "2", "b.yaml", Risk::Low)]);
        check(
            &catalog,
            expect![[r#"
                a.yaml 1 open high by a and b
                b.yaml 2 open low by a
            "#]],
        );
        record(&mut catalog, "z", &["a.yaml"], &[]);
        check(
            &catalog,
            expect![[r#"
                b.yaml 2 open low by a
                a.yaml 1 fixed high by a and b
            "#]],
        );
        record(&mut catalog, "x", &["a.yaml"], &both);
        let review = catalog.review_of("x", "base", "1").expect("read").expect("recorded");
        assert_eq!((review.id, catalog.reviews(9).expect("read").len()), (4, 4));
        assert_eq!(catalog.review_of("x", "base", "2").expect("read"), None);
    }

    #[test]
    fn a_suppression_holds_until_it_runs_out_or_the_finding_becomes_worse() {
        let mut catalog = catalog();
        record(&mut catalog, "x", &["a.yaml"], &[found("a", "1", "a.yaml", Risk::Medium)]);
        let suppression = Suppression {
            fingerprint: "1".to_owned(),
            reason: "the table is empty".to_owned(),
            risk: Risk::Medium,
            until: Some(Timestamp(100)),
        };
        catalog.suppress_finding(&suppression).expect("written");
        assert!(suppression.holds(Risk::Medium, Timestamp(99)));
        assert!(!suppression.holds(Risk::Medium, Timestamp(100)));
        assert!(!suppression.holds(Risk::High, Timestamp(99)));
        check(
            &catalog,
            expect![[r#"
                a.yaml 1 open medium by a, suppressed: the table is empty
            "#]],
        );
        assert!(catalog.unsuppress_finding("1").expect("written"));
        assert!(!catalog.unsuppress_finding("1").expect("looked"));
        assert_eq!(catalog.suppressions().expect("read"), []);
        let empty = Suppression { reason: "  ".to_owned(), ..suppression };
        assert!(catalog.suppress_finding(&empty).is_err());
    }

    #[test]
    fn answers_are_kept_and_their_price_is_added_up() {
        let mut catalog = catalog();
        let key = [7; 32];
        let call = |answer| CouncilCall { reviewer: "a/data", tokens: 10, micros: 3, answer };
        catalog.record_council_call(&key, &call(None)).expect("written");
        assert_eq!(catalog.council_answer(&key).expect("read"), None);
        catalog.record_council_call(&key, &call(Some("{}"))).expect("written");
        assert_eq!(catalog.council_answer(&key).expect("read").as_deref(), Some("{}"));
        assert_eq!(catalog.council_spent(Timestamp(0)).expect("read"), (20, 6));
        assert_eq!(catalog.council_spent(Timestamp(i64::MAX)).expect("read"), (0, 0));
    }

    #[test]
    fn an_override_is_for_one_text_of_a_change_and_is_in_the_chain() {
        let mut catalog = catalog();
        let hashes = ("x", "base");
        let reason = "a test table";
        catalog.override_review("dev.db", hashes, Verdict::Block, reason).expect("written");
        assert_eq!(catalog.override_of("x", "base").expect("read").as_deref(), Some(reason));
        assert_eq!(catalog.override_of("y", "base").expect("read"), None);
        let entry = &catalog.audit(1).expect("read")[0];
        assert_eq!(entry.action, "council.override");
        assert_eq!(entry.detail, "block of x over base: a test table");
        assert!(catalog.override_review("dev.db", hashes, Verdict::Block, " ").is_err());
    }
}
