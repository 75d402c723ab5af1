use super::items;
use super::{Result, Store, StoreError, Writing, hash_of, oid_of};
use crate::git::Head;
use crate::manifest::{Base, Entry, Hash, Manifest};
use crate::path::TreePath;
use model::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use std::fmt;

/// Names a checkpoint: eight letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CheckpointId(pub(super) String);

impl CheckpointId {
    pub(crate) fn random(bits: u128) -> Self {
        // Without letters that look like digits, and vowels, which make words.
        const LETTERS: &[u8; 28] = b"23456789bcdfghjkmnpqrstvwxyz";
        let letter = |n: u32| LETTERS[(bits >> (n * 8)) as usize % LETTERS.len()] as char;
        Self((0..8).map(letter).collect())
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CheckpointId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a checkpoint was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Somebody asked for it.
    Manual,
    /// Before an act that changes things.
    Automatic,
    /// Before a rollback, so that it can be undone.
    BeforeRollback,
}

impl Kind {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Automatic => "automatic",
            Self::BeforeRollback => "before rollback",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "automatic" => Self::Automatic,
            "before rollback" => Self::BeforeRollback,
            _ => Self::Manual,
        }
    }
}

/// A checkpoint without what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub id: CheckpointId,
    /// Grows with every checkpoint of the store.
    pub seq: i64,
    pub kind: Kind,
    pub label: String,
    pub at: Timestamp,
    /// Of one made before a rollback: where that went.
    pub target: Option<CheckpointId>,
    pub head: Head,
    pub(crate) base: Option<Base>,
    /// Whether some paths were not captured.
    pub is_partial: bool,
    /// Not pruned before; far away when pinned for good.
    pub pinned_until: Option<Timestamp>,
}

/// A database as a checkpoint holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Database {
    pub role: Role,
    /// Below the workspace folder.
    pub path: TreePath,
    /// `None` when there was none.
    pub hash: Option<Hash>,
    pub n_bytes: u64,
}

/// What a database is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The application's, restored as a whole.
    App,
    /// The workspace's catalog, of which the audit chain is never restored.
    Catalog,
}

impl Role {
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Catalog => "catalog",
        }
    }

    pub(crate) fn of(word: &str) -> Self {
        if word == "catalog" { Self::Catalog } else { Self::App }
    }
}

/// A checkpoint about to be written.
pub(crate) struct New<'a> {
    pub(crate) id: &'a CheckpointId,
    pub(crate) workspace: i64,
    pub(crate) kind: Kind,
    pub(crate) label: &'a str,
    pub(crate) at: Timestamp,
    pub(crate) target: Option<&'a CheckpointId>,
    pub(crate) head: &'a Head,
    pub(crate) manifest: &'a Manifest,
    pub(crate) databases: &'a [Database],
    pub(crate) buffers: &'a [(TreePath, Hash)],
    pub(crate) pinned_until: Option<Timestamp>,
}

const COLUMNS: &str = "id, seq, kind, label, at_ms, target, head, head_name, base, base_tree,
                       is_partial, pinned_until_ms";

impl Record {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        let oid = |index: usize| -> rusqlite::Result<_> {
            let bytes: Option<Vec<u8>> = row.get(index)?;
            Ok(bytes.and_then(|it| oid_of(&it)))
        };
        let tree = oid(9)?;
        Ok(Self {
            id: CheckpointId(row.get(0)?),
            seq: row.get(1)?,
            kind: Kind::of(&row.get::<_, String>(2)?),
            label: row.get(3)?,
            at: Timestamp(row.get(4)?),
            target: row.get::<_, Option<String>>(5)?.map(CheckpointId),
            head: Head { commit: oid(6)?, name: row.get(7)? },
            base: oid(8)?.map(|commit| Base { commit, tree }),
            is_partial: row.get(10)?,
            pinned_until: row.get::<_, Option<i64>>(11)?.map(Timestamp),
        })
    }
}

impl Store {
    /// The checkpoints of a workspace, or of all, the newest first.
    pub(crate) fn list(&self, workspace: Option<i64>) -> Result<Vec<Record>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM checkpoint WHERE ?1 IS NULL OR workspace = ?1 ORDER BY seq DESC"
        );
        let failed = || StoreError::sql("list the checkpoints");
        let mut read = self.db.prepare_cached(&sql).map_err(failed())?;
        let rows = read.query_map([workspace], Record::read).map_err(failed())?;
        rows.collect::<rusqlite::Result<_>>().map_err(failed())
    }

    pub(crate) fn manifest(&self, record: &Record) -> Result<Manifest> {
        let ids = self.item_ids(&record.id)?;
        let entries = self.items(&ids)?.into_iter().collect();
        Ok(Manifest { base: record.base, entries })
    }

    pub(super) fn item_ids(&self, id: &CheckpointId) -> Result<Vec<i64>> {
        let sql = "SELECT items FROM checkpoint WHERE id = ?1";
        let read = self.db.query_row(sql, [id.as_str()], |row| row.get::<_, Vec<u8>>(0));
        let packed = read.map_err(StoreError::sql("read the checkpoint"))?;
        let damaged = || StoreError::Damaged { what: format!("the checkpoint {id}") };
        items::unpack(&packed).ok_or_else(damaged)
    }

    pub(crate) fn databases(&self, id: &CheckpointId) -> Result<Vec<Database>> {
        databases_of(&self.db, id)
    }

    /// Unsaved texts of the editor.
    pub(crate) fn buffers(&self, id: &CheckpointId) -> Result<Vec<(TreePath, Hash)>> {
        buffers_of(&self.db, id)
    }
}

impl Writing<'_> {
    pub(crate) fn record(&self, id: &CheckpointId) -> Result<Record> {
        let sql = format!("SELECT {COLUMNS} FROM checkpoint WHERE id = ?1");
        let read = self.tx.query_row(&sql, [id.as_str()], Record::read);
        read.map_err(StoreError::sql("read the checkpoint"))
    }

    /// The newest checkpoint of the workspace.
    pub(crate) fn last(&self, workspace: i64) -> Result<Option<Record>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM checkpoint WHERE workspace = ?1 ORDER BY seq DESC LIMIT 1"
        );
        let read = self.tx.query_row(&sql, [workspace], Record::read).optional();
        read.map_err(StoreError::sql("read the last checkpoint"))
    }

    /// An id that no checkpoint has.
    pub(crate) fn fresh_id(&self, system: &dyn system::System) -> Result<CheckpointId> {
        loop {
            let id = CheckpointId::random(mixed(system.random()));
            let sql = "SELECT 1 FROM checkpoint WHERE id = ?1";
            let taken = self.tx.prepare_cached(sql).and_then(|mut it| it.exists([id.as_str()]));
            if !taken.map_err(StoreError::sql("choose a name"))? {
                return Ok(id);
            }
        }
    }

    /// Whether a checkpoint holds just this.
    pub(crate) fn is_same(
        &self,
        record: &Record,
        manifest: &Manifest,
        databases: &[Database],
        buffers: &[(TreePath, Hash)],
    ) -> Result<bool> {
        let entries = manifest.entries.iter();
        let ids: Result<Vec<i64>> = entries.map(|(path, it)| self.intern(path, it)).collect();
        let failed = || StoreError::sql("compare with the last checkpoint");
        let sql = "SELECT items FROM checkpoint WHERE id = ?1";
        let packed: Vec<u8> =
            self.tx.query_row(sql, [record.id.as_str()], |row| row.get(0)).map_err(failed())?;
        let is_same_tree =
            record.base == manifest.base && items::unpack(&packed).as_deref() == Some(&*ids?);
        let mut there = databases_of(self.tx, &record.id)?;
        let mut here = databases.to_vec();
        there.sort_by(|one, other| one.path.cmp(&other.path));
        here.sort_by(|one, other| one.path.cmp(&other.path));
        let mut own = buffers.to_vec();
        own.sort();
        let mut known = buffers_of(self.tx, &record.id)?;
        known.sort();
        Ok(is_same_tree && there == here && own == known)
    }

    pub(crate) fn add_checkpoint(&self, new: &New<'_>) -> Result<()> {
        let entries = new.manifest.entries.iter();
        let ids: Result<Vec<i64>> = entries.map(|(path, it)| self.intern(path, it)).collect();
        let failed = || StoreError::sql("write the checkpoint");
        let sql =
            "INSERT INTO checkpoint (id, workspace, kind, label, at_ms, target, head, head_name,
                   base, base_tree, items, is_partial, pinned_until_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
        let base = new.manifest.base;
        let row = params![
            new.id.as_str(),
            new.workspace,
            new.kind.word(),
            new.label,
            new.at.0,
            new.target.map(CheckpointId::as_str),
            new.head.commit.map(|it| it.0),
            new.head.name,
            base.map(|it| it.commit.0),
            base.and_then(|it| it.tree).map(|it| it.0),
            items::pack(&ids?),
            new.manifest.uncaptured().next().is_some(),
            new.pinned_until.map(|it| it.0),
        ];
        self.tx.execute(sql, row).map_err(failed())?;
        let id = new.id.as_str();
        for it in new.databases {
            let sql = "INSERT INTO database_capture VALUES (?1, ?2, ?3, ?4, ?5)";
            let n_bytes = i64::try_from(it.n_bytes).unwrap_or(i64::MAX);
            let hash = it.hash.map(|it| it.0);
            let row = params![id, it.role.word(), it.path.as_bytes(), hash, n_bytes];
            self.tx.execute(sql, row).map_err(failed())?;
        }
        for (path, hash) in new.buffers {
            let sql = "INSERT INTO buffer_capture VALUES (?1, ?2, ?3)";
            self.tx.execute(sql, params![id, path.as_bytes(), hash.0]).map_err(failed())?;
        }
        Ok(())
    }

    /// Puts other entries in the place of those that the checkpoint has at these paths.
    pub(crate) fn amend(
        &self,
        id: &CheckpointId,
        changes: &[(TreePath, Option<Entry>)],
    ) -> Result<()> {
        let failed = || StoreError::sql("amend the checkpoint");
        let sql = "SELECT items FROM checkpoint WHERE id = ?1";
        let packed: Vec<u8> =
            self.tx.query_row(sql, [id.as_str()], |row| row.get(0)).map_err(failed())?;
        let damaged = || StoreError::Damaged { what: format!("the checkpoint {id}") };
        let mut entries = std::collections::BTreeMap::new();
        for item in items::unpack(&packed).ok_or_else(damaged)? {
            entries.insert(items::item(self.tx, item)?.0, item);
        }
        for (path, entry) in changes {
            match entry {
                Some(entry) => drop(entries.insert(path.clone(), self.intern(path, entry)?)),
                None => drop(entries.remove(path)),
            }
        }
        let ids: Vec<i64> = entries.into_values().collect();
        let sql = "UPDATE checkpoint SET items = ?2 WHERE id = ?1";
        self.tx.execute(sql, params![id.as_str(), items::pack(&ids)]).map_err(failed())?;
        Ok(())
    }

    pub(crate) fn remove_checkpoint(&self, id: &CheckpointId) -> Result<()> {
        let sql = "DELETE FROM checkpoint WHERE id = ?1";
        let done = self.tx.execute(sql, [id.as_str()]);
        done.map(drop).map_err(StoreError::sql("delete the checkpoint"))
    }

    pub(crate) fn set_pin(&self, id: &CheckpointId, until: Option<Timestamp>) -> Result<()> {
        let sql = "UPDATE checkpoint SET pinned_until_ms = ?2 WHERE id = ?1";
        let done = self.tx.execute(sql, params![id.as_str(), until.map(|it| it.0)]);
        done.map(drop).map_err(StoreError::sql("pin the checkpoint"))
    }
}

fn databases_of(db: &Connection, id: &CheckpointId) -> Result<Vec<Database>> {
    let sql = "SELECT role, path, hash, n_bytes FROM database_capture WHERE checkpoint = ?1";
    let failed = || StoreError::sql("read the checkpoint's databases");
    let mut read = db.prepare_cached(sql).map_err(failed())?;
    let rows = read.query_map([id.as_str()], |row| {
        let path = TreePath::new(&row.get::<_, Vec<u8>>(1)?);
        let hash: Option<Vec<u8>> = row.get(2)?;
        let role = Role::of(&row.get::<_, String>(0)?);
        let n_bytes = row.get::<_, i64>(3)?.unsigned_abs();
        let hash = hash.and_then(|it| hash_of(&it));
        Ok(path.map(|path| Database { role, path, hash, n_bytes }))
    });
    let all: rusqlite::Result<Vec<_>> = rows.map_err(failed())?.collect();
    Ok(all.map_err(failed())?.into_iter().flatten().collect())
}

fn buffers_of(db: &Connection, id: &CheckpointId) -> Result<Vec<(TreePath, Hash)>> {
    let sql = "SELECT path, hash FROM buffer_capture WHERE checkpoint = ?1";
    let failed = || StoreError::sql("read the checkpoint's unsaved texts");
    let mut read = db.prepare_cached(sql).map_err(failed())?;
    let rows = read.query_map([id.as_str()], |row| {
        let (path, hash): (Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(1)?);
        Ok(TreePath::new(&path).zip(hash_of(&hash)))
    });
    let all: rusqlite::Result<Vec<_>> = rows.map_err(failed())?.collect();
    Ok(all.map_err(failed())?.into_iter().flatten().collect())
}

/// Spreads the numbers of a sequence, as tests have it, over all letters.
fn mixed(bits: u128) -> u128 {
    let hash = blake3::hash(&bits.to_le_bytes());
    let half: [u8; 16] = hash.as_bytes()[..16].try_into().expect("a hash is longer");
    u128::from_le_bytes(half)
}
