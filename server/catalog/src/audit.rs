use crate::{Catalog, CatalogError};
use model::Timestamp;
use rusqlite::{Connection, Row, Transaction};

/// Who does what when.
pub(crate) struct Author<'a> {
    pub(crate) actor: &'a str,
    pub(crate) now: Timestamp,
}

/// One act, bound to all acts before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// From 1, without gaps.
    pub seq: i64,
    pub at: Timestamp,
    pub actor: String,
    /// `noun.verb`, such as `snapshot.record`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
    /// What was done, in words of the action.
    pub detail: String,
    pub prev: [u8; 32],
    pub hash: [u8; 32],
}

/// More of a text is not kept: 4 KiB.
pub const DETAIL_BYTES_MAX: usize = 4 << 10;

/// Where the chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("entry {seq} is missing")]
    Gap { seq: i64 },
    #[error("entry {seq} does not follow the one before it")]
    Link { seq: i64 },
    #[error("entry {seq} was changed after it was written")]
    Content { seq: i64 },
    #[error("the chain ends at entry {found}, but {recorded} entries were written")]
    Tail { found: i64, recorded: i64 },
}

impl AuditEntry {
    /// `blake3(prev, canonical bytes)`
    #[must_use]
    pub fn hash_of(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.prev);
        hasher.update(&self.canonical());
        *hasher.finalize().as_bytes()
    }

    /// Version 1: numbers big-endian in 8 bytes, texts with their length before them.
    fn canonical(&self) -> Vec<u8> {
        let mut out = vec![1];
        out.extend(self.seq.to_be_bytes());
        out.extend(self.at.0.to_be_bytes());
        for text in [&self.actor, &self.action, &self.subject, &self.detail] {
            out.extend((text.len() as u64).to_be_bytes());
            out.extend(text.as_bytes());
        }
        out
    }
}

impl Catalog {
    /// The latest entries, newest first.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn audit(&self, n_max: u32) -> Result<Vec<AuditEntry>, CatalogError> {
        let read = || {
            let sql = "SELECT seq, at_ms, actor, action, subject, detail, prev, hash
                       FROM audit ORDER BY seq DESC LIMIT ?1";
            self.db.prepare_cached(sql)?.query_map([n_max], entry)?.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|source| CatalogError::new("read the audit chain", source))
    }

    /// Entries after `seq`, oldest first.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn audit_after(&self, seq: i64, n_max: u32) -> Result<Vec<AuditEntry>, CatalogError> {
        let read = || {
            let sql = "SELECT seq, at_ms, actor, action, subject, detail, prev, hash
                       FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2";
            let mut statement = self.db.prepare_cached(sql)?;
            statement.query_map((seq, n_max), entry)?.collect::<rusqlite::Result<_>>()
        };
        read().map_err(|source| CatalogError::new("read the audit chain", source))
    }

    /// Tells the chain of an act that changed nothing else here; gives the entry's number.
    ///
    /// `detail` is cut at [`DETAIL_BYTES_MAX`] and must hold no secret and no row of data: the
    /// chain is never changed, so neither could be taken back.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn tell(&mut self, action: &str, subject: &str, detail: &str) -> Result<i64, CatalogError> {
        self.change("append to the audit chain", |tx, author| {
            append(tx, author, action, subject, detail)
        })
    }

    /// Walks the whole chain; gives its length, or the first place where it does not hold.
    ///
    /// # Errors
    /// [`CatalogError`] when the chain cannot be read.
    pub fn verify(&self) -> Result<Result<i64, Broken>, CatalogError> {
        let tx = self.db.unchecked_transaction();
        let read = tx.and_then(|tx| verify(&tx));
        read.map_err(|source| CatalogError::new("verify the audit chain", source))
    }
}

/// Appends to the chain; to be called in a transaction that holds the write lock.
pub(crate) fn append(
    tx: &Transaction<'_>,
    author: &Author<'_>,
    action: &str,
    subject: &str,
    detail: &str,
) -> rusqlite::Result<i64> {
    let (last, prev) = head(tx)?;
    let mut entry = AuditEntry {
        seq: last + 1,
        at: author.now,
        actor: author.actor.to_owned(),
        action: action.to_owned(),
        subject: clipped(subject),
        detail: clipped(detail),
        prev,
        hash: [0; 32],
    };
    entry.hash = entry.hash_of();
    tx.prepare_cached(
        "INSERT INTO audit (seq, at_ms, actor, action, subject, detail, prev, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        entry.seq,
        entry.at.0,
        &entry.actor,
        &entry.action,
        &entry.subject,
        &entry.detail,
        entry.prev,
        entry.hash,
    ))?;
    tx.prepare_cached("UPDATE audit_head SET seq = ?1, hash = ?2 WHERE id = 1")?
        .execute((entry.seq, entry.hash))?;
    Ok(entry.seq)
}

/// A text that fits; one that was cut ends in `…`.
fn clipped(text: &str) -> String {
    if text.len() <= DETAIL_BYTES_MAX {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(DETAIL_BYTES_MAX - '…'.len_utf8());
    format!("{}…", &text[..end])
}

pub(crate) fn head(db: &Connection) -> rusqlite::Result<(i64, [u8; 32])> {
    let sql = "SELECT seq, hash FROM audit_head WHERE id = 1";
    db.prepare_cached(sql)?.query_row((), |row| Ok((row.get(0)?, row.get(1)?)))
}

fn verify(db: &Connection) -> rusqlite::Result<Result<i64, Broken>> {
    let (recorded, head_hash) = head(db)?;
    let sql =
        "SELECT seq, at_ms, actor, action, subject, detail, prev, hash FROM audit ORDER BY seq";
    let mut statement = db.prepare(sql)?;
    let (mut last, mut prev) = (0, [0; 32]);
    for it in statement.query_map((), entry)? {
        let it = it?;
        if it.seq != last + 1 {
            return Ok(Err(Broken::Gap { seq: last + 1 }));
        }
        if it.prev != prev {
            return Ok(Err(Broken::Link { seq: it.seq }));
        }
        if it.hash != it.hash_of() {
            return Ok(Err(Broken::Content { seq: it.seq }));
        }
        (last, prev) = (it.seq, it.hash);
    }
    if (last, prev) != (recorded, head_hash) {
        return Ok(Err(Broken::Tail { found: last, recorded }));
    }
    Ok(Ok(last))
}

fn entry(row: &Row<'_>) -> rusqlite::Result<AuditEntry> {
    Ok(AuditEntry {
        seq: row.get(0)?,
        at: Timestamp(row.get(1)?),
        actor: row.get(2)?,
        action: row.get(3)?,
        subject: row.get(4)?,
        detail: row.get(5)?,
        prev: row.get(6)?,
        hash: row.get(7)?,
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::Arc;
    use system::TestSystem;

    pub(crate) fn catalog(n_acts: usize) -> Catalog {
        let mut catalog = Catalog::in_memory(Arc::new(TestSystem::new()), "test").expect("memory");
        for n in 0..n_acts {
            catalog.set_rule(&format!("rule-{n}"), None, Some("off")).expect("it is written");
        }
        catalog
    }

    /// Edits a chain as somebody would who has the file and knows SQL.
    pub(crate) fn tamper(catalog: &Catalog, sql: &str) {
        let batch = format!(
            "PRAGMA foreign_keys = OFF; DROP TRIGGER IF EXISTS audit_is_not_changed;
             DROP TRIGGER IF EXISTS audit_is_not_deleted; {sql}"
        );
        catalog.db.execute_batch(&batch).expect("the statements are sound");
    }

    #[test]
    fn a_chain_that_nobody_touched_holds() {
        assert_eq!(catalog(0).verify().expect("read"), Ok(0));
        assert_eq!(catalog(9).verify().expect("read"), Ok(9));
    }

    #[test]
    fn the_database_itself_refuses_to_change_an_entry() {
        let catalog = catalog(1);
        let error = catalog.db.execute("UPDATE audit SET actor = 'other'", ());
        assert!(error.expect_err("a trigger refuses").to_string().contains("never changed"));
        let error = catalog.db.execute("DELETE FROM audit", ());
        assert!(error.expect_err("a trigger refuses").to_string().contains("never deleted"));
    }

    #[test]
    fn a_text_without_end_is_cut_and_the_chain_holds() {
        let mut catalog = catalog(0);
        catalog.tell("test.act", "it", &"ä".repeat(DETAIL_BYTES_MAX)).expect("it is written");
        let entry = catalog.audit(1).expect("read").remove(0);
        assert!(entry.detail.len() <= DETAIL_BYTES_MAX && entry.detail.ends_with("ä…"));
        assert_eq!(catalog.verify().expect("read"), Ok(1));
    }

    #[test]
    fn entries_are_read_in_pages_oldest_first() {
        let catalog = catalog(5);
        let seqs = |after, n_max| -> Vec<i64> {
            let page = catalog.audit_after(after, n_max).expect("read");
            page.iter().map(|it| it.seq).collect()
        };
        assert_eq!(seqs(0, 2), [1, 2]);
        assert_eq!(seqs(2, 9), [3, 4, 5]);
        assert_eq!(seqs(5, 9), Vec::<i64>::new());
    }

    #[test]
    fn a_chain_that_lost_its_end_is_told() {
        let catalog = catalog(3);
        tamper(&catalog, "DELETE FROM audit WHERE seq = 3");
        let broken = Broken::Tail { found: 2, recorded: 3 };
        assert_eq!(catalog.verify().expect("read"), Err(broken));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn no_field_of_any_entry_can_change_unseen(
            n_acts in 1usize..8,
            at in 0usize..8,
            field in prop::sample::select(vec![
                "at_ms = at_ms + 1", "actor = actor || 'x'", "action = 'x'", "subject = 'x'",
                "detail = detail || ' '", "prev = randomblob(32)", "hash = randomblob(32)",
                "seq = seq + 100",
            ]),
        ) {
            let at = at % n_acts + 1;
            let catalog = catalog(n_acts);
            tamper(&catalog, &format!("UPDATE audit SET {field} WHERE seq = {at}"));
            prop_assert!(catalog.verify().expect("read").is_err());
        }

        #[test]
        fn moving_bytes_between_fields_changes_the_hash(a in "[a-c]{0,4}", b in "[a-c]{0,4}") {
            let entry = |actor: &str, action: &str| AuditEntry {
                seq: 1,
                at: Timestamp(0),
                actor: actor.to_owned(),
                action: action.to_owned(),
                subject: String::new(),
                detail: String::new(),
                prev: [0; 32],
                hash: [0; 32],
            };
            let joined = format!("{a}{b}");
            for at in 0..=joined.len() {
                let (left, right) = joined.split_at(at);
                let is_same = (left, right) == (a.as_str(), b.as_str());
                prop_assert_eq!(entry(left, right).hash_of() == entry(&a, &b).hash_of(), is_same);
            }
        }
    }
}
