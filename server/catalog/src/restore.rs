use crate::{CatalogError, OpenError, audit, open};
use model::{AbsPath, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};

/// What a rollback gives back, parents before children. All else stays as it is, above all the
/// audit chain: what happened has happened.
const RESTORED: [&str; 4] = ["document", "snapshot", "snapshot_document", "rule_setting"];

/// How the state in a copy of a catalog stands to the live one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateDifference {
    Same,
    Differs,
    /// The copy is not of this catalog: its audit chain is not the beginning of the live one.
    Foreign,
}

/// Why the state of a catalog was not compared or restored; it is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error("restore the catalog: the copy is not of this catalog")]
    Foreign,
}

/// Compares the live catalog with a copy; the copy may be brought to the newest version by that.
///
/// # Errors
/// [`RestoreError::Open`] when one of them is refused.
pub fn compare_state(live: &AbsPath, copy: &AbsPath) -> Result<StateDifference, RestoreError> {
    let db = attached(live, copy)?;
    let read = || -> rusqlite::Result<StateDifference> {
        if !is_own(&db)? {
            return Ok(StateDifference::Foreign);
        }
        for table in RESTORED {
            let differs = |one: &str, other: &str| -> rusqlite::Result<bool> {
                let sql = format!(
                    "SELECT EXISTS (SELECT * FROM {one}.{table} EXCEPT SELECT * FROM {other}.{table})"
                );
                db.query_row(&sql, (), |row| row.get(0))
            };
            if differs("main", "copy")? || differs("copy", "main")? {
                return Ok(StateDifference::Differs);
            }
        }
        Ok(StateDifference::Same)
    };
    Ok(read().map_err(|it| CatalogError::new("compare the catalog with a copy", it))?)
}

/// Puts the state of a copy in the place of the live one, as one transaction that the audit chain
/// tells of. With `is_trial` it is taken back at once: whatever can go wrong has then gone wrong.
///
/// # Errors
/// [`RestoreError::Foreign`], or what the catalog says.
pub fn restore_state(
    live: &AbsPath,
    copy: &AbsPath,
    (actor, now): (&str, Timestamp),
    (subject, is_trial): (&str, bool),
) -> Result<(), RestoreError> {
    let mut db = attached(live, copy)?;
    let failed = |it| CatalogError::new("restore the catalog", it);
    if !is_own(&db).map_err(failed)? {
        return Err(RestoreError::Foreign);
    }
    let mut run = || -> rusqlite::Result<()> {
        let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.pragma_update(None, "defer_foreign_keys", true)?;
        for table in RESTORED.iter().rev() {
            tx.execute(&format!("DELETE FROM main.{table}"), ())?;
        }
        for table in RESTORED {
            tx.execute(&format!("INSERT INTO main.{table} SELECT * FROM copy.{table}"), ())?;
        }
        let author = audit::Author { actor, now };
        audit::append(&tx, &author, "checkpoint.restore", subject, "the state of the catalog")?;
        if is_trial {
            let sql = "SELECT count(*) FROM pragma_foreign_key_check";
            let n_broken: i64 = tx.query_row(sql, (), |row| row.get(0))?;
            tx.rollback()?;
            return if n_broken == 0 { Ok(()) } else { Err(rusqlite::Error::QueryReturnedNoRows) };
        }
        tx.commit()
    };
    Ok(run().map_err(failed)?)
}

fn attached(live: &AbsPath, copy: &AbsPath) -> Result<Connection, RestoreError> {
    // Opening the copy brings it to the version of the live one.
    drop(open::open(copy)?);
    let db = open::open(live)?;
    let path = copy.as_path().to_string_lossy();
    db.execute("ATTACH ?1 AS copy", [&*path])
        .map_err(|it| CatalogError::new("open a copy of the catalog", it))?;
    Ok(db)
}

/// Whether the copy's audit chain is where the live one began.
fn is_own(db: &Connection) -> rusqlite::Result<bool> {
    let (seq, hash): (i64, Vec<u8>) =
        db.query_row("SELECT seq, hash FROM copy.audit_head", (), |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    if seq == 0 {
        return Ok(true);
    }
    let sql = "SELECT hash FROM main.audit WHERE seq = ?1";
    let own: Option<Vec<u8>> = db.query_row(sql, [seq], |row| row.get(0)).optional()?;
    Ok(own == Some(hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;
    use std::sync::Arc;
    use system::TestSystem;

    fn path(folder: &tempfile::TempDir, name: &str) -> AbsPath {
        AbsPath::new(&folder.path().join(name)).expect("it is absolute")
    }

    fn open(path: &AbsPath) -> Catalog {
        Catalog::open(path, Arc::new(TestSystem::new()), "test").expect("it opens")
    }

    fn copy(from: &AbsPath, to: &AbsPath) {
        let db = Connection::open(from.as_path()).expect("it opens");
        let name = to.as_path().to_string_lossy();
        db.execute("VACUUM INTO ?1", [&*name]).expect("it is copied");
    }

    fn restore(live: &AbsPath, copy: &AbsPath, is_trial: bool) -> Result<(), RestoreError> {
        restore_state(live, copy, ("test", Timestamp(7)), ("now", is_trial))
    }

    #[test]
    fn the_state_comes_back_and_the_audit_chain_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let (live, then) = (path(&folder, "catalog.db"), path(&folder, "copy.db"));
        let mut catalog = open(&live);
        catalog.set_rule("a", None, Some("off")).expect("it is set");
        copy(&live, &then);
        assert_eq!(compare_state(&live, &then).expect("read"), StateDifference::Same);
        catalog.set_rule("a", None, Some("error")).expect("it is set");
        catalog.set_rule("b", None, Some("off")).expect("it is set");
        assert_eq!(compare_state(&live, &then).expect("read"), StateDifference::Differs);

        restore(&live, &then, true).expect("a trial");
        assert_eq!(catalog.rules().expect("read").len(), 2);
        restore(&live, &then, false).expect("it is restored");
        let rules = catalog.rules().expect("read");
        assert_eq!(rules.iter().map(|it| it.level.as_str()).collect::<Vec<_>>(), ["off"]);
        assert_eq!(catalog.verify().expect("read"), Ok(4), "three settings and the restore");
        assert_eq!(compare_state(&live, &then).expect("read"), StateDifference::Same);
    }

    #[test]
    fn a_copy_of_another_catalog_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let (live, other, then) =
            (path(&folder, "a.db"), path(&folder, "b.db"), path(&folder, "copy.db"));
        open(&live).set_rule("a", None, Some("off")).expect("it is set");
        open(&other).set_rule("b", None, Some("off")).expect("it is set");
        copy(&other, &then);
        assert_eq!(compare_state(&live, &then).expect("read"), StateDifference::Foreign);
        assert!(matches!(restore(&live, &then, false), Err(RestoreError::Foreign)));
    }
}
