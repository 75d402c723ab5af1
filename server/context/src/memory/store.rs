use super::keep::{keepable, keepable_name};
use super::{Decision, Forget, Item, Memory, Outcome, Project};
use crate::words::words;
use model::{AbsPath, RelPath, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, TransactionBehavior};
use std::time::Duration;
use system::{System, state_dir};

const FILE: &str = "memory.db";
/// Marks a SQLite file as a memory: "SPWM".
const APPLICATION_ID: i64 = 0x5350_574D;
const VERSION: i64 = 1;
const BUSY: Duration = Duration::from_millis(500);
/// The oldest of what just went well are dropped beyond this.
const ITEMS_MAX: i64 = 5_000;

const SCHEMA: &str = "
CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    workspace BLOB NOT NULL CHECK (length(workspace) = 32),
    project TEXT NOT NULL,
    migration TEXT NOT NULL,
    entity TEXT NOT NULL,
    act TEXT NOT NULL,
    choice TEXT NOT NULL,
    columns TEXT NOT NULL,
    reason TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('applied', 'failed', 'blocked', 'rolled back')),
    why TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX item_by_migration ON item (workspace, migration, entity, act);
CREATE VIRTUAL TABLE item_text USING fts5 (entity, columns, tokenize = 'unicode61');
";

/// Why the memory was not read or written; whatever was done besides it holds.
#[derive(Debug, thiserror::Error)]
pub enum MemoryError {
    #[error("make a place for the memory at `{path}`")]
    Place { path: AbsPath, source: std::io::Error },
    #[error("use the memory `{path}`: {why}")]
    Refused { path: AbsPath, why: &'static str },
    #[error("{attempt} the memory")]
    Sqlite { attempt: &'static str, source: rusqlite::Error },
}

fn failed(attempt: &'static str) -> impl Fn(rusqlite::Error) -> MemoryError {
    move |source| MemoryError::Sqlite { attempt, source }
}

pub(super) fn path(system: &dyn System) -> Option<AbsPath> {
    let file = RelPath::new(FILE).expect("it is a path");
    state_dir(system).map(|it| it.join(&file))
}

pub(super) fn open(system: &dyn System, path: &AbsPath) -> Result<Memory, MemoryError> {
    if !system.exists(path) {
        // An empty file is a new database, and nobody else's to read.
        match system.create_private(path, b"") {
            Err(it) if it.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(MemoryError::Place { path: path.clone(), source: it });
            }
            _ => {}
        }
    }
    let db = Connection::open(path.as_path()).map_err(failed("open"))?;
    prepare(db, path)
}

/// Takes a connection as a memory, whose tables are made in an empty file.
pub(super) fn prepare(mut db: Connection, path: &AbsPath) -> Result<Memory, MemoryError> {
    let failed = failed("open");
    db.busy_timeout(BUSY).map_err(&failed)?;
    let number = |db: &Connection, pragma: &str| -> rusqlite::Result<i64> {
        db.query_row(&format!("PRAGMA {pragma}"), (), |row| row.get(0))
    };
    let is_made = |db: &Connection| -> rusqlite::Result<Option<i64>> {
        let application = number(db, "application_id")?;
        Ok((application == APPLICATION_ID).then_some(number(db, "user_version")?))
    };
    let refused = |why| Err(MemoryError::Refused { path: path.clone(), why });
    match is_made(&db).map_err(&failed)? {
        Some(VERSION) => return Ok(Memory { db }),
        Some(_) => return refused("another version of specwright made it"),
        None => {}
    }
    let tx = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&failed)?;
    let sql = "SELECT count(*) FROM sqlite_schema";
    let n_tables: i64 = tx.query_row(sql, (), |row| row.get(0)).map_err(&failed)?;
    // Another process may have made it while this one waited.
    if is_made(&tx).map_err(&failed)?.is_none() {
        if n_tables > 0 {
            return refused("it is another program's database");
        }
        tx.execute_batch(SCHEMA).map_err(&failed)?;
        tx.pragma_update(None, "user_version", VERSION).map_err(&failed)?;
        tx.pragma_update(None, "application_id", APPLICATION_ID).map_err(&failed)?;
    }
    tx.commit().map_err(&failed)?;
    Ok(Memory { db })
}

impl Memory {
    /// Keeps decisions of a migration with what came of them. One that was kept before, and not
    /// undone since, is brought up to date; what must not be kept is left out without a word.
    ///
    /// # Errors
    /// [`MemoryError`]
    pub fn remember(
        &mut self,
        project: &Project,
        migration: &str,
        decisions: &[Decision],
        (outcome, why): (Outcome, &str),
        now: Timestamp,
    ) -> Result<(), MemoryError> {
        self.change("write", |tx| {
            for it in decisions {
                remember(tx, project, migration, it, (outcome, why), now)?;
            }
            let sql = "DELETE FROM item WHERE id IN (
                           SELECT id FROM item WHERE outcome = 'applied' ORDER BY at_ms, id
                           LIMIT max(0, (SELECT count(*) FROM item) - ?1))";
            tx.execute(sql, [ITEMS_MAX])?;
            prune_text(tx)
        })
    }

    /// Tells how a migration that was kept ended after all, such as with a rollback; gives how many
    /// decisions that changes.
    ///
    /// # Errors
    /// [`MemoryError`]
    pub fn conclude(
        &mut self,
        project: &Project,
        migration: &str,
        (outcome, why): (Outcome, &str),
        now: Timestamp,
    ) -> Result<usize, MemoryError> {
        let why = keepable(why).unwrap_or_default();
        self.change("write", |tx| {
            let sql = "UPDATE item SET outcome = ?3, why = ?4, at_ms = ?5
                       WHERE workspace = ?1 AND migration = ?2 AND outcome = 'applied'";
            tx.execute(sql, (project.hash(), migration, outcome.word(), &why, now.0))
        })
    }

    /// Everything, newest first.
    ///
    /// # Errors
    /// [`MemoryError`]
    pub fn list(&self) -> Result<Vec<Item>, MemoryError> {
        let read = || {
            let sql = format!("SELECT {FIELDS} FROM item ORDER BY at_ms DESC, id DESC");
            self.db.prepare(&sql)?.query_map((), item)?.collect::<rusqlite::Result<_>>()
        };
        read().map_err(failed("read"))
    }

    /// Forgets for good; gives how many items that were.
    ///
    /// # Errors
    /// [`MemoryError`]
    pub fn forget(&mut self, what: &Forget) -> Result<usize, MemoryError> {
        let n_forgotten = self.change("write", |tx| {
            let n_forgotten = match what {
                Forget::All => tx.execute("DELETE FROM item", ()),
                Forget::Project(name) => tx.execute("DELETE FROM item WHERE project = ?1", [name]),
                Forget::Item(id) => tx.execute("DELETE FROM item WHERE id = ?1", [id]),
            }?;
            prune_text(tx)?;
            Ok(n_forgotten)
        })?;
        // Deleted text stays in free pages otherwise.
        self.db.execute_batch("VACUUM").map_err(failed("clean"))?;
        Ok(n_forgotten)
    }

    pub(super) fn db(&self) -> &Connection {
        &self.db
    }

    fn change<T>(
        &mut self,
        attempt: &'static str,
        change: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T, MemoryError> {
        let run = |db: &mut Connection| {
            let tx = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let out = change(&tx)?;
            tx.commit()?;
            Ok(out)
        };
        run(&mut self.db).map_err(failed(attempt))
    }
}

fn remember(
    tx: &Transaction<'_>,
    project: &Project,
    migration: &str,
    it: &Decision,
    (outcome, why): (Outcome, &str),
    now: Timestamp,
) -> rusqlite::Result<()> {
    let names = (keepable_name(&project.name), keepable_name(&it.entity));
    let (Some(name), Some(entity)) = names else { return Ok(()) };
    let Some(choice) = keepable(&it.choice) else { return Ok(()) };
    let reason = keepable(&it.reason).unwrap_or_default();
    let why = keepable(why).unwrap_or_default();
    let kept = it.columns.iter().filter_map(|it| keepable_name(it));
    let columns: Vec<String> = kept.flat_map(words).collect();
    // What was blocked stays known when something else is applied in its place.
    let sql = "SELECT id FROM item WHERE workspace = ?1 AND migration = ?2 AND entity = ?3
               AND act = ?4 AND outcome <> 'rolled back' AND (outcome <> 'blocked' OR choice = ?5)
               ORDER BY id DESC LIMIT 1";
    let key = (project.hash(), migration, entity, &it.act, &choice);
    let old: Option<i64> = tx.query_row(sql, key, |row| row.get(0)).optional()?;
    if let Some(old) = old {
        tx.execute("DELETE FROM item WHERE id = ?1", [old])?;
        tx.execute("DELETE FROM item_text WHERE rowid = ?1", [old])?;
    }
    tx.execute(
        "INSERT INTO item (id, workspace, project, migration, entity, act, choice, columns, reason,
             outcome, why, at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        rusqlite::params![
            old,
            project.hash(),
            name,
            migration,
            entity,
            it.act,
            choice,
            columns.join(" "),
            reason,
            outcome.word(),
            why,
            now.0,
        ],
    )?;
    let entity: Vec<String> = words(entity).into_iter().collect();
    let sql = "INSERT INTO item_text (rowid, entity, columns) VALUES (?1, ?2, ?3)";
    tx.execute(sql, (tx.last_insert_rowid(), entity.join(" "), columns.join(" ")))?;
    Ok(())
}

fn prune_text(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    let sql = "DELETE FROM item_text WHERE rowid NOT IN (SELECT id FROM item)";
    tx.execute(sql, ()).map(drop)
}

/// What [`item`] reads, in its order.
pub(super) const FIELDS: &str =
    "id, project, migration, entity, act, choice, reason, outcome, why, at_ms";

pub(super) fn item(row: &Row<'_>) -> rusqlite::Result<Item> {
    let word: String = row.get(7)?;
    Ok(Item {
        id: row.get(0)?,
        project: row.get(1)?,
        migration: row.get(2)?,
        entity: row.get(3)?,
        act: row.get(4)?,
        choice: row.get(5)?,
        reason: row.get(6)?,
        outcome: Outcome::of_word(&word).unwrap_or(Outcome::Applied),
        why: row.get(8)?,
        at: Timestamp(row.get(9)?),
    })
}
