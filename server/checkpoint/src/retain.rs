//! Which checkpoints stay, and what becomes of the bytes of those that go.

use crate::git::Git;
use crate::manifest::{Entry, Node};
use crate::path::TreePath;
use crate::store::{CheckpointId, Kind, Record, StoreError};
use crate::{CheckpointError, Checkpoints};
use model::Timestamp;
use rustc_hash::FxHashSet;

/// How long checkpoints are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Of those made automatically, so many of the newest stay.
    pub n_automatic: usize,
    /// For so long one of each hour stays.
    pub hourly_ms: i64,
    /// For so long one of each day stays.
    pub daily_ms: i64,
    /// Of all that is stored, compressed.
    pub bytes_max: u64,
}

const HOUR_MS: i64 = 60 * 60 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;

impl Default for Retention {
    /// 20; hourly for a day; daily for 14 days; 1 GiB.
    fn default() -> Self {
        Self { n_automatic: 20, hourly_ms: DAY_MS, daily_ms: 14 * DAY_MS, bytes_max: 1 << 30 }
    }
}

/// What a prune did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pruned {
    pub removed: Vec<CheckpointId>,
    /// How much smaller the store is on disk.
    pub n_bytes_freed: u64,
    pub n_bytes: u64,
}

type Result<T> = std::result::Result<T, CheckpointError>;

/// The checkpoints that `retention` gives up at `now`, without a look at their size; `all` is the
/// newest first. What was asked for by hand stays, and so does the newest.
#[must_use]
pub fn outdated(all: &[Record], retention: &Retention, now: Timestamp) -> Vec<CheckpointId> {
    let (mut hours, mut days) = (FxHashSet::default(), FxHashSet::default());
    let mut out = Vec::new();
    let automatic = all.iter().enumerate().filter(|(_, it)| it.kind != Kind::Manual);
    for (nth, (index, it)) in automatic.enumerate() {
        let age = now.0 - it.at.0;
        let is_first_of_hour = hours.insert(it.at.0.div_euclid(HOUR_MS));
        let is_first_of_day = days.insert(it.at.0.div_euclid(DAY_MS));
        let is_kept = index == 0
            || nth < retention.n_automatic
            || is_pinned(it, now)
            || (age < retention.hourly_ms && is_first_of_hour)
            || (age < retention.daily_ms && is_first_of_day);
        if !is_kept {
            out.push(it.id.clone());
        }
    }
    out
}

fn is_pinned(it: &Record, now: Timestamp) -> bool {
    it.pinned_until.is_some_and(|until| until > now)
}

impl Checkpoints<'_> {
    /// Removes what the retention gives up, and gives its disk back at once.
    ///
    /// # Errors
    /// When the store cannot be changed; it is then as it was, or some of its files are left to the
    /// next prune.
    pub fn prune(&mut self, retention: &Retention) -> Result<Pruned> {
        let _lock = self.place.lock()?;
        self.recover_locked()?;
        self.prune_locked(retention)
    }

    pub(crate) fn prune_locked(&mut self, retention: &Retention) -> Result<Pruned> {
        let all = self.list()?;
        let now = self.place.system.now();
        let mut removed = outdated(&all, retention, now);
        let Some(store) = &mut self.store else { return Ok(Pruned::default()) };
        let n_before = store.n_bytes_on_disk();
        store.change("remove checkpoints", |cx| -> Result<()> {
            for it in &removed {
                cx.remove_checkpoint(it)?;
            }
            let mut oldest_first = all.iter().rev().filter(|it| {
                !is_pinned(it, now) && !removed.contains(&it.id) && it.id != all[0].id
            });
            let mut over = Vec::new();
            while cx.n_bytes_live()? > retention.bytes_max {
                let Some(it) = oldest_first.next() else { break };
                cx.remove_checkpoint(&it.id)?;
                over.push(it.id.clone());
            }
            removed.extend(over);
            Ok(cx.sweep()?)
        })?;
        self.give_back()?;
        let n_bytes = self.store()?.n_bytes_on_disk();
        Ok(Pruned { removed, n_bytes_freed: n_before.saturating_sub(n_bytes), n_bytes })
    }

    /// Returns the disk of rows that are gone, and removes files and refs that nothing names.
    fn give_back(&mut self) -> Result<()> {
        let git = self.place.git.as_ref();
        let store = self.store.as_mut().expect("it was changed");
        store.compact()?;
        // Nobody else writes meanwhile, so what has no row is no checkpoint's.
        store.change("remove what is not needed", |cx| -> Result<()> {
            cx.sweep_files()?;
            let Some(git) = git else { return Ok(()) };
            let bases = cx.bases()?;
            for it in git.pinned()?.into_iter().filter(|it| !bases.contains(it)) {
                unpin(git, it)?;
            }
            Ok(())
        })
    }

    /// Keeps a checkpoint until then, or for good; `None` leaves it to the retention.
    ///
    /// # Errors
    /// When the store cannot be changed.
    pub fn pin(&mut self, id: &CheckpointId, until: Option<Timestamp>) -> Result<()> {
        let store = self.store_mut()?;
        store.change("pin the checkpoint", |cx| Ok(cx.set_pin(id, until)?))
    }

    /// Removes the bytes of a path, or of all below a folder, from every checkpoint of the store;
    /// restores leave the path alone from then on. What a commit of the user has stays in git.
    ///
    /// Gives the number of states that were forgotten.
    ///
    /// # Errors
    /// When the store cannot be changed; it is then as it was.
    pub fn forget(&mut self, path: &TreePath) -> Result<usize> {
        let _lock = self.place.lock()?;
        self.recover_locked()?;
        let Some(store) = &mut self.store else { return Ok(0) };
        let n = store.change("forget the path", |cx| -> Result<usize> {
            let n = cx.forget(path)?;
            cx.sweep()?;
            Ok(n)
        })?;
        self.give_back()?;
        Ok(n)
    }

    /// Writes a checkpoint as an ordinary commit over its base, on the new branch `branch`; gives
    /// the commit. Empty folders, databases and unsaved texts have no place in one.
    ///
    /// # Errors
    /// [`CheckpointError::NoGit`], or when there is a branch of that name.
    pub fn export(&self, record: &Record, branch: &str) -> Result<String> {
        let git = self.place.git.as_ref().ok_or(CheckpointError::NoGit)?;
        let manifest = self.store()?.manifest(record)?;
        let mut changes = Vec::new();
        for (path, entry) in &manifest.entries {
            let Entry::Node(node) = entry else { continue };
            let change = match node {
                Node::File { content, mode } => {
                    let bytes = match content.hash {
                        Some(hash) => self.store()?.blob(hash)?,
                        None => continue,
                    };
                    let is_executable = crate::manifest::is_executable(*mode);
                    let kind = match is_executable {
                        true => crate::git::Kind::Executable,
                        false => crate::git::Kind::File,
                    };
                    Some((kind, bytes))
                }
                Node::Link { target } => Some((crate::git::Kind::Link, target.clone())),
                Node::Absent => None,
                Node::Dir => continue,
            };
            changes.push(Ok((path.clone(), change)));
        }
        // What goes makes room for what comes: a file for a folder of its name.
        changes.sort_by_key(|it: &std::result::Result<(_, Option<_>), _>| {
            it.as_ref().is_ok_and(|(_, it)| it.is_some())
        });
        let message = format!("{}\n\nCheckpoint {} of specwright.\n", record.label, record.id);
        let commit = git.commit(manifest.base, &mut changes.into_iter(), (branch, &message))?;
        Ok(commit.to_string())
    }
}

fn unpin(git: &Git, commit: crate::manifest::Oid) -> Result<()> {
    let failed = || StoreError::file("remove the ref of", std::path::Path::new("git"));
    crate::effect::point().map_err(failed())?;
    git.unpin(commit)?;
    crate::effect::point().map_err(failed())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(n: i64, kind: Kind, age_ms: i64) -> Record {
        Record {
            id: CheckpointId::random(u128::from(n.unsigned_abs()) * 0x0123_4567_89ab),
            seq: n,
            kind,
            label: n.to_string(),
            at: Timestamp(100 * DAY_MS - age_ms),
            target: None,
            head: crate::Head::default(),
            base: None,
            is_partial: false,
            pinned_until: None,
        }
    }

    fn kept(all: &[Record]) -> Vec<String> {
        let gone = outdated(all, &Retention::default(), Timestamp(100 * DAY_MS));
        all.iter().filter(|it| !gone.contains(&it.id)).map(|it| it.label.clone()).collect()
    }

    #[test]
    fn the_newest_stay_then_one_an_hour_then_one_a_day() {
        let every_ten_minutes = |n: i64| record(n, Kind::Automatic, n * HOUR_MS / 6);
        let all: Vec<Record> = (0..6 * 24 * 20).map(every_ten_minutes).collect();
        let kept = kept(&all);
        // 20 of three hours; one of each of 20 more hours and a part; one of each of 13 more days.
        assert!((50..=58).contains(&kept.len()), "{}", kept.len());
        assert_eq!(kept[..20], (0..20).map(|it| it.to_string()).collect::<Vec<_>>());
    }

    #[test]
    fn what_was_asked_for_or_pinned_stays() {
        let mut all: Vec<Record> =
            (0..40).map(|n| record(n, Kind::Automatic, 20 * DAY_MS + n)).collect();
        all.push(record(40, Kind::Manual, 90 * DAY_MS));
        all.push(record(41, Kind::BeforeRollback, 90 * DAY_MS));
        all[41].pinned_until = Some(Timestamp(101 * DAY_MS));
        let kept = kept(&all);
        assert_eq!(kept.len(), 22);
        assert_eq!(kept[20..], ["40", "41"]);
    }
}
