use super::blobs::{blob_file, blob_folder};
use super::{Result, Store, StoreError, Writing, hash_of, items, oid_of};
use crate::effect::effect;
use crate::manifest::{Oid, Reason};
use crate::path::TreePath;
use rustc_hash::FxHashSet;
use std::fs;
use std::path::Path;

/// Contents that something names.
const NAMED: &str = "SELECT hash FROM item UNION SELECT hash FROM database_capture
                     WHERE hash IS NOT NULL UNION SELECT hash FROM buffer_capture
                     UNION SELECT hash FROM database_change WHERE hash IS NOT NULL";

impl Store {
    /// What the store takes on disk.
    pub(crate) fn n_bytes_on_disk(&self) -> u64 {
        fn below(folder: &Path) -> u64 {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            let size = |it: fs::DirEntry| match it.metadata() {
                Ok(metadata) if metadata.is_dir() => below(&it.path()),
                Ok(metadata) => metadata.len(),
                Err(_) => 0,
            };
            entries.map(size).sum()
        }
        below(&self.folder)
    }

    /// Gives free pages back to the disk, and empties the log that still has their bytes.
    pub(crate) fn compact(&mut self) -> Result<()> {
        let attempt = "give disk back";
        let failed = || StoreError::file(attempt, &self.folder);
        crate::effect::point().map_err(failed())?;
        let mut vacuum =
            self.db.prepare("PRAGMA incremental_vacuum").map_err(StoreError::sql(attempt))?;
        let mut rows = vacuum.query(()).map_err(StoreError::sql(attempt))?;
        while rows.next().map_err(StoreError::sql(attempt))?.is_some() {}
        drop(rows);
        drop(vacuum);
        crate::effect::point().map_err(failed())?;
        // Readers elsewhere may keep a part of the log; the next time takes it.
        let truncated = self.db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", (), |_| Ok(()));
        truncated.map_err(StoreError::sql(attempt))?;
        crate::effect::point().map_err(failed())
    }
}

impl Writing<'_> {
    /// How much the contents that something names take, compressed.
    pub(crate) fn n_bytes_live(&self) -> Result<u64> {
        self.drop_items()?;
        let failed = || StoreError::sql("measure the checkpoints");
        let sql = format!("SELECT hash, length(data) FROM blob WHERE hash IN ({NAMED})");
        let mut read = self.tx.prepare_cached(&sql).map_err(failed())?;
        let mut rows = read.query(()).map_err(failed())?;
        let mut out = 0;
        while let Some(row) = rows.next().map_err(failed())? {
            let (hash, inside): (Vec<u8>, Option<i64>) =
                row.get(0).and_then(|hash| Ok((hash, row.get(1)?))).map_err(failed())?;
            out += match (inside, hash_of(&hash)) {
                (Some(n), _) => n.unsigned_abs(),
                (None, Some(hash)) => {
                    fs::metadata(blob_file(self.folder, hash)).map_or(0, |it| it.len())
                }
                (None, None) => 0,
            };
        }
        Ok(out)
    }

    /// Deletes every row that no checkpoint and no restore needs.
    pub(crate) fn sweep(&self) -> Result<()> {
        self.drop_items()?;
        let sql = format!("DELETE FROM blob WHERE hash NOT IN ({NAMED})");
        let done = self.tx.execute(&sql, ());
        done.map(drop).map_err(StoreError::sql("remove bytes"))
    }

    fn drop_items(&self) -> Result<()> {
        let failed = || StoreError::sql("remove paths");
        let mut live: FxHashSet<i64> = FxHashSet::default();
        let mut read = self.tx.prepare_cached("SELECT items FROM checkpoint").map_err(failed())?;
        let mut rows = read.query(()).map_err(failed())?;
        while let Some(row) = rows.next().map_err(failed())? {
            let packed: Vec<u8> = row.get(0).map_err(failed())?;
            let damaged = || StoreError::Damaged { what: "a checkpoint".to_owned() };
            live.extend(items::unpack(&packed).ok_or_else(damaged)?);
        }
        let ids = |sql: &str| -> rusqlite::Result<Vec<i64>> {
            self.tx.prepare_cached(sql)?.query_map((), |row| row.get(0))?.collect()
        };
        live.extend(
            ids("SELECT before FROM change UNION SELECT after FROM change").map_err(failed())?,
        );
        let all = ids("SELECT id FROM item").map_err(failed())?;
        let mut delete =
            self.tx.prepare_cached("DELETE FROM item WHERE id = ?1").map_err(failed())?;
        for id in all.into_iter().filter(|it| !live.contains(it)) {
            delete.execute([id]).map_err(failed())?;
        }
        Ok(())
    }

    /// Removes files of contents that have no row.
    pub(crate) fn sweep_files(&self) -> Result<()> {
        let folder = blob_folder(self.folder);
        let Ok(parts) = fs::read_dir(&folder) else { return Ok(()) };
        for part in parts.flatten() {
            let files = fs::read_dir(part.path()).into_iter().flatten().flatten();
            for file in files {
                let path = file.path();
                if !self.is_named(&path)? {
                    effect(|| fs::remove_file(&path)).map_err(StoreError::file("remove", &path))?;
                }
            }
            // Fails while something is in it.
            let _ = fs::remove_dir(part.path());
        }
        Ok(())
    }

    fn is_named(&self, path: &Path) -> Result<bool> {
        let part = path.parent().and_then(Path::file_name).unwrap_or_default();
        let name = path.file_name().unwrap_or_default();
        let name = format!("{}{}", part.to_string_lossy(), name.to_string_lossy());
        let sql = "SELECT 1 FROM blob WHERE lower(hex(hash)) = ?1 AND data IS NULL";
        let read = self.tx.prepare_cached(sql).and_then(|mut it| it.exists([name]));
        read.map_err(StoreError::sql("look for bytes"))
    }

    /// The base commits that some checkpoint needs.
    pub(crate) fn bases(&self) -> Result<FxHashSet<Oid>> {
        let failed = || StoreError::sql("list the base commits");
        let sql = "SELECT DISTINCT base FROM checkpoint WHERE base IS NOT NULL";
        let mut read = self.tx.prepare_cached(sql).map_err(failed())?;
        let rows = read.query_map((), |row| row.get::<_, Vec<u8>>(0)).map_err(failed())?;
        let all: rusqlite::Result<Vec<_>> = rows.collect();
        Ok(all.map_err(failed())?.iter().filter_map(|it| oid_of(it)).collect())
    }

    /// Marks what checkpoints hold at a path, or below it, as not captured; gives how many states
    /// of paths that were.
    pub(crate) fn forget(&self, path: &TreePath) -> Result<usize> {
        let failed = || StoreError::sql("forget the path");
        let sql = "SELECT id, path FROM item WHERE kind IN ('file', 'link')";
        let mut read = self.tx.prepare_cached(sql).map_err(failed())?;
        let rows = read.query_map((), |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)));
        let all: rusqlite::Result<Vec<(i64, Vec<u8>)>> = rows.map_err(failed())?.collect();
        let is_meant = |it: &Vec<u8>| TreePath::new(it).is_some_and(|it| it.is_within(path));
        let ids: FxHashSet<i64> = all
            .map_err(failed())?
            .into_iter()
            .filter(|(_, it)| is_meant(it))
            .map(|(id, _)| id)
            .collect();
        for id in &ids {
            let sql = "UPDATE item SET kind = 'uncaptured', mode = 0, hash = x'', oid = x'',
                       detail = ?2 WHERE id = ?1";
            let word = Reason::Forgotten.word().as_bytes();
            self.tx.execute(sql, rusqlite::params![id, word]).map_err(failed())?;
        }
        self.mark_partial(&ids)?;
        let mut n = ids.len();
        let below = [path.as_bytes(), b"/"].concat();
        for table in ["buffer_capture", "database_capture", "seen"] {
            let sql =
                format!("DELETE FROM {table} WHERE path = ?1 OR substr(path, 1, length(?2)) = ?2");
            let row = rusqlite::params![path.as_bytes(), below];
            let n_rows = self.tx.execute(&sql, row).map_err(failed())?;
            n += if table == "seen" { 0 } else { n_rows };
        }
        Ok(n)
    }

    fn mark_partial(&self, ids: &FxHashSet<i64>) -> Result<()> {
        let failed = || StoreError::sql("forget the path");
        let sql = "SELECT seq, items FROM checkpoint WHERE is_partial = 0";
        let mut read = self.tx.prepare_cached(sql).map_err(failed())?;
        let rows = read.query_map((), |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?)));
        let all: rusqlite::Result<Vec<(i64, Vec<u8>)>> = rows.map_err(failed())?.collect();
        for (seq, packed) in all.map_err(failed())? {
            let held = items::unpack(&packed).unwrap_or_default();
            if held.iter().any(|it| ids.contains(it)) {
                let sql = "UPDATE checkpoint SET is_partial = 1 WHERE seq = ?1";
                self.tx.execute(sql, [seq]).map_err(failed())?;
            }
        }
        Ok(())
    }
}
