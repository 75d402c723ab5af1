use crate::{Catalog, CatalogError, audit};
use model::{RelPath, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Transaction};

/// A document of a spec, by its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentRecord {
    pub path: RelPath,
    /// blake3 of its bytes.
    pub hash: [u8; 32],
    pub n_bytes: u32,
}

impl DocumentRecord {
    #[must_use]
    pub fn new(path: RelPath, bytes: &[u8]) -> Self {
        let hash = *blake3::hash(bytes).as_bytes();
        Self { path, hash, n_bytes: u32::try_from(bytes.len()).unwrap_or(u32::MAX) }
    }
}

/// What a spec implied at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// Path of the spec's first document.
    pub spec: RelPath,
    pub at: Timestamp,
    /// In reading order.
    pub documents: Vec<DocumentRecord>,
    /// JSON, as the writer made it.
    pub detection: String,
    /// Entry of the audit chain that records it.
    pub audit_seq: i64,
}

impl Catalog {
    /// Records what a spec implies now; `false` when that is what the latest snapshot says.
    ///
    /// The spec is named by its first document.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn record_snapshot(
        &mut self,
        documents: &[DocumentRecord],
        detection: &str,
    ) -> Result<bool, CatalogError> {
        let Some(first) = documents.first() else { return Ok(false) };
        let spec = first.path.clone();
        self.change("record what a spec implies", |tx, author| {
            let latest = latest(tx, &spec)?;
            if latest.is_some_and(|it| it.documents == documents && it.detection == detection) {
                return Ok(false);
            }
            let digest = blake3::hash(detection.as_bytes());
            let hashes = documents.iter().map(|it| blake3::Hash::from_bytes(it.hash).to_hex());
            let hashes: Vec<String> = hashes.map(|it| it.to_string()).collect();
            let detail = format!("detection {} of {}", digest.to_hex(), hashes.join(" "));
            let seq = audit::append(tx, author, "snapshot.record", spec.as_str(), &detail)?;
            insert(tx, author.now, &spec, documents, detection, seq)?;
            Ok(true)
        })
    }

    /// The latest snapshot of the spec whose first document is `spec`.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn latest_snapshot(&self, spec: &RelPath) -> Result<Option<Snapshot>, CatalogError> {
        let read = latest(&self.db, spec);
        read.map_err(|source| CatalogError::new("read a spec's latest snapshot", source))
    }

    /// How many snapshots and different documents are recorded.
    ///
    /// # Errors
    /// [`CatalogError`]
    pub fn counts(&self) -> Result<(u32, u32), CatalogError> {
        let sql = "SELECT (SELECT count(*) FROM snapshot), (SELECT count(*) FROM document)";
        let read = self.db.query_row(sql, (), |row| Ok((row.get(0)?, row.get(1)?)));
        read.map_err(|source| CatalogError::new("count what is recorded", source))
    }
}

fn insert(
    tx: &Transaction<'_>,
    now: Timestamp,
    spec: &RelPath,
    documents: &[DocumentRecord],
    detection: &str,
    seq: i64,
) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO snapshot (spec, at_ms, detection, audit_seq) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute((spec.as_str(), now.0, detection, seq))?;
    let id = tx.last_insert_rowid();
    for (position, it) in (0u32..).zip(documents) {
        tx.prepare_cached(
            "INSERT INTO document (hash, n_bytes, seen_at_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT (hash) DO NOTHING",
        )?
        .execute((it.hash, it.n_bytes, now.0))?;
        tx.prepare_cached(
            "INSERT INTO snapshot_document (snapshot_id, position, path, hash)
             VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute((id, position, it.path.as_str(), it.hash))?;
    }
    Ok(())
}

fn latest(db: &Connection, spec: &RelPath) -> rusqlite::Result<Option<Snapshot>> {
    let sql = "SELECT id, at_ms, detection, audit_seq FROM snapshot
               WHERE spec = ?1 ORDER BY id DESC LIMIT 1";
    let found: Option<(i64, i64, String, i64)> = db
        .prepare_cached(sql)?
        .query_row([spec.as_str()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let Some((id, at_ms, detection, audit_seq)) = found else { return Ok(None) };
    let sql = "SELECT path, hash, n_bytes FROM snapshot_document JOIN document USING (hash)
               WHERE snapshot_id = ?1 ORDER BY position";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([id], |row| {
        let path: String = row.get(0)?;
        Ok(RelPath::new(&path).map(|path| (path, row.get(1), row.get(2))))
    })?;
    let mut documents = Vec::new();
    for row in rows {
        // Paths are checked before they are written; a row that has none was made by hand.
        if let Some((path, hash, n_bytes)) = row? {
            documents.push(DocumentRecord { path, hash: hash?, n_bytes: n_bytes? });
        }
    }
    let at = Timestamp(at_ms);
    Ok(Some(Snapshot { spec: spec.clone(), at, documents, detection, audit_seq }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use system::TestSystem;

    fn document(path: &str, text: &str) -> DocumentRecord {
        DocumentRecord::new(RelPath::new(path).expect("a path"), text.as_bytes())
    }

    #[test]
    fn the_same_again_is_not_recorded_twice_and_a_change_is() {
        let mut catalog = Catalog::in_memory(Arc::new(TestSystem::new()), "test").expect("memory");
        let parts = [document("specs/index.md", "a"), document("specs/b.md", "b")];
        assert!(catalog.record_snapshot(&parts, "{}").expect("written"));
        assert!(!catalog.record_snapshot(&parts, "{}").expect("compared"));
        assert!(catalog.record_snapshot(&parts, "{\"tables\":1}").expect("written"));
        let latest = catalog.latest_snapshot(&parts[0].path).expect("read").expect("recorded");
        assert_eq!((latest.documents.as_slice(), latest.audit_seq), (parts.as_slice(), 2));
        assert_eq!(catalog.counts().expect("read"), (2, 2));
    }
}
