use super::checkpoints::Role;
use super::{CheckpointId, Result, Store, StoreError, Writing, hash_of, items};
use crate::manifest::{Entry, Hash, Node};
use crate::path::{TreePath, bytes_of, os_of};
use model::Timestamp;
use rusqlite::{OptionalExtension as _, params};
use std::path::PathBuf;

/// What a restore does to a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) path: TreePath,
    pub(crate) before: Node,
    pub(crate) after: Node,
}

/// What a restore does to a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DatabaseChange {
    pub(crate) role: Role,
    pub(crate) path: TreePath,
    /// `None`: it had no tables, or there was none.
    pub(crate) hash: Option<Hash>,
}

/// How far a restore has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JournalState {
    /// The folder is untouched.
    Staging,
    /// Everything needed is on disk; from here it goes forward.
    Applying,
    /// It could not go on, and takes back what it did.
    Reverting,
    Done,
    Aborted,
}

impl JournalState {
    const fn word(self) -> &'static str {
        match self {
            Self::Staging => "staging",
            Self::Applying => "applying",
            Self::Reverting => "reverting",
            Self::Done => "done",
            Self::Aborted => "aborted",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "staging" => Self::Staging,
            "applying" => Self::Applying,
            "reverting" => Self::Reverting,
            "done" => Self::Done,
            _ => Self::Aborted,
        }
    }
}

/// A restore that is under way, or was when its process ended.
#[derive(Debug, Clone)]
pub(crate) struct Journal {
    pub(crate) id: i64,
    pub(crate) pre: CheckpointId,
    pub(crate) target: String,
    pub(crate) state: JournalState,
    /// Holds the new contents, and those that were displaced.
    pub(crate) stage: PathBuf,
}

impl Store {
    /// The restore of the workspace that has not ended.
    pub(crate) fn open_journal(&self, workspace: i64) -> Result<Option<Journal>> {
        let sql = "SELECT id, pre, target, state, stage FROM journal
                   WHERE workspace = ?1 AND state NOT IN ('done', 'aborted')
                   ORDER BY id DESC LIMIT 1";
        let read = self.db.query_row(sql, [workspace], |row| {
            Ok(Journal {
                id: row.get(0)?,
                pre: CheckpointId(row.get(1)?),
                target: row.get(2)?,
                state: JournalState::of(&row.get::<_, String>(3)?),
                stage: PathBuf::from(os_of(&row.get::<_, Vec<u8>>(4)?)),
            })
        });
        read.optional().map_err(StoreError::sql("look for an unfinished restore"))
    }

    pub(crate) fn changes(&self, journal: i64) -> Result<Vec<Change>> {
        let failed = || StoreError::sql("read an unfinished restore");
        let sql = "SELECT before, after FROM change WHERE journal = ?1 ORDER BY position";
        let mut read = self.db.prepare_cached(sql).map_err(failed())?;
        let rows = read.query_map([journal], |row| Ok((row.get(0)?, row.get(1)?)));
        let ids: rusqlite::Result<Vec<(i64, i64)>> = rows.map_err(failed())?.collect();
        let node = |entry| match entry {
            Entry::Node(node) => Ok(node),
            _ => Err(StoreError::Damaged { what: "the journal of a restore".to_owned() }),
        };
        let change = |(before, after)| {
            let (path, before) = items::item(&self.db, before)?;
            let (_, after) = items::item(&self.db, after)?;
            Ok(Change { path, before: node(before)?, after: node(after)? })
        };
        ids.map_err(failed())?.into_iter().map(change).collect()
    }

    pub(crate) fn database_changes(&self, journal: i64) -> Result<Vec<DatabaseChange>> {
        let failed = || StoreError::sql("read an unfinished restore");
        let sql = "SELECT role, path, hash FROM database_change WHERE journal = ?1";
        let mut read = self.db.prepare_cached(sql).map_err(failed())?;
        let rows = read.query_map([journal], |row| {
            let path = TreePath::new(&row.get::<_, Vec<u8>>(1)?);
            let hash: Option<Vec<u8>> = row.get(2)?;
            let role = Role::of(&row.get::<_, String>(0)?);
            let hash = hash.and_then(|it| hash_of(&it));
            Ok(path.map(|path| DatabaseChange { role, path, hash }))
        });
        let all: rusqlite::Result<Vec<_>> = rows.map_err(failed())?.collect();
        Ok(all.map_err(failed())?.into_iter().flatten().collect())
    }
}

impl Writing<'_> {
    pub(crate) fn begin_journal(
        &self,
        (workspace, at): (i64, Timestamp),
        journal: &Journal,
        changes: &[Change],
        databases: &[DatabaseChange],
    ) -> Result<i64> {
        let failed = || StoreError::sql("begin the restore");
        let sql = "INSERT INTO journal (workspace, pre, target, state, stage, at_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let stage = bytes_of(journal.stage.as_os_str());
        let (pre, state) = (journal.pre.as_str(), journal.state.word());
        let row = params![workspace, pre, journal.target, state, stage, at.0];
        self.tx.execute(sql, row).map_err(failed())?;
        let id = self.tx.last_insert_rowid();
        let sql = "INSERT INTO change VALUES (?1, ?2, ?3, ?4)";
        let mut write = self.tx.prepare_cached(sql).map_err(failed())?;
        for (position, it) in changes.iter().enumerate() {
            let before = self.intern(&it.path, &Entry::Node(it.before.clone()))?;
            let after = self.intern(&it.path, &Entry::Node(it.after.clone()))?;
            let position = i64::try_from(position).expect("a plan is not that long");
            write.execute([id, position, before, after]).map_err(failed())?;
        }
        for it in databases {
            let sql = "INSERT INTO database_change VALUES (?1, ?2, ?3, ?4)";
            let hash = it.hash.map(|it| it.0);
            let row = params![id, it.role.word(), it.path.as_bytes(), hash];
            self.tx.execute(sql, row).map_err(failed())?;
        }
        Ok(id)
    }

    /// Notes how far the restore has come; one that has ended keeps no list of its changes.
    pub(crate) fn advance(
        &self,
        journal: i64,
        state: JournalState,
        error: Option<&str>,
    ) -> Result<()> {
        let failed = || StoreError::sql("note how far the restore has come");
        let sql = "UPDATE journal SET state = ?2, error = coalesce(?3, error) WHERE id = ?1";
        self.tx.execute(sql, params![journal, state.word(), error]).map_err(failed())?;
        if matches!(state, JournalState::Done | JournalState::Aborted) {
            for sql in [
                "DELETE FROM change WHERE journal = ?1",
                "DELETE FROM database_change WHERE journal = ?1",
            ] {
                self.tx.execute(sql, [journal]).map_err(failed())?;
            }
        }
        Ok(())
    }
}
