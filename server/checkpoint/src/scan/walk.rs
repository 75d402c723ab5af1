use super::list::{Listing, What};
use super::rules::Rules;
use super::{Names, Scan, ScanError};
use crate::git::{Baseline, Child, Kind, head_of};
use crate::manifest::Reason;
use crate::parallel::n_threads;
use crate::path::{TreePath, os_of};
use crate::stat::Stat;
use rustc_hash::FxHashSet;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// What the walk came upon.
#[derive(Default)]
pub(super) struct Found {
    /// By path; each must be read to know whether it differs from the base.
    pub(super) candidates: Vec<Candidate>,
    pub(super) empty_folders: Vec<TreePath>,
    pub(super) nested: Vec<(TreePath, Option<String>)>,
    pub(super) uncaptured: Vec<(TreePath, Reason, u64)>,
    /// Which paths of the baseline are on disk.
    pub(super) visited: Vec<AtomicBool>,
}

pub(super) struct Candidate {
    pub(super) path: TreePath,
    pub(super) stat: Stat,
    /// Its place in the baseline.
    pub(super) tracked: Option<usize>,
    /// Whether git tracks it and it was changed since.
    pub(super) is_edited: bool,
    top: Option<Arc<Top>>,
}

/// A folder that git tracks nothing of, and that lies in one that it does.
#[derive(Debug)]
struct Top {
    path: TreePath,
    n_files: AtomicUsize,
}

struct Job {
    folder: PathBuf,
    /// Below the workspace folder; empty for it.
    path: Vec<u8>,
    /// What the baseline has below it.
    tracked: Range<usize>,
    rules: Rules,
    /// What of it is wanted besides tracked files.
    wants: Wants,
    top: Option<Arc<Top>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wants {
    All,
    /// The folder is ignored, and git tracks something in it nevertheless.
    Tracked,
}

struct Walk<'a> {
    names: &'a Names<'a>,
    folder_files_max: usize,
    baseline: &'a Baseline,
    has_modes: bool,
    prefix: &'a [u8],
    device: u64,
    /// Whether what is on disk may have other bytes than git's blob though git calls it unchanged.
    converts: bool,
    visited: Vec<AtomicBool>,
    /// What git tracks and is captured in another way, or not at all.
    skip: FxHashSet<usize>,
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: Vec<Job>,
    n_busy: usize,
}

/// Walks the folder on a few threads.
pub(super) fn walk(scan: &Scan<'_>, baseline: &Baseline) -> Result<Found, ScanError> {
    let failed = |source| ScanError::Folder { path: scan.root.display().to_string(), source };
    let stat = Stat::new(&fs::symlink_metadata(scan.root).map_err(failed)?);
    // A folder that cannot be listed at all is an error; one inside is only not captured.
    drop(fs::read_dir(scan.root).map_err(failed)?);
    let walk = Walk {
        names: &scan.names,
        folder_files_max: scan.limits.folder_files_max,
        baseline,
        has_modes: scan.git.is_none_or(|it| it.trusts_modes()),
        prefix: scan.git.map_or(&[][..], |it| it.prefix()),
        device: stat.device,
        converts: converts(scan, baseline),
        visited: baseline.all().map(|_| AtomicBool::new(false)).collect(),
        skip: scan.names.skip.iter().filter_map(|it| baseline.find(it.as_bytes())).collect(),
        queue: Mutex::new(Queue { jobs: vec![first(scan, baseline)], n_busy: 0 }),
        wake: Condvar::new(),
    };
    let parts: Vec<Found> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..n_threads()).map(|_| scope.spawn(|| walk.work())).collect();
        threads.into_iter().map(|it| it.join().expect("a walk does not panic")).collect()
    });
    let mut out = Found { visited: walk.visited, ..Found::default() };
    for part in parts {
        out.candidates.extend(part.candidates);
        out.empty_folders.extend(part.empty_folders);
        out.nested.extend(part.nested);
        out.uncaptured.extend(part.uncaptured);
    }
    drop_crowded(scan, &mut out);
    out.sort();
    Ok(out)
}

/// The workspace folder, with the rules of all folders above it in the worktree.
fn first(scan: &Scan<'_>, baseline: &Baseline) -> Job {
    let mut rules = Rules::of_user();
    if let Some(git) = scan.git {
        rules = rules.and_file(&git.info("exclude"), 0);
        let mut folder = git.worktree().to_owned();
        let mut n_bytes = 0;
        for part in git.prefix().split(|it| *it == b'/').filter(|it| !it.is_empty()) {
            rules = rules.and_file(&folder.join(".gitignore"), n_bytes);
            folder.push(os_of(part));
            n_bytes += part.len() + 1;
        }
    }
    let folder = scan.root.to_owned();
    let tracked = baseline.all();
    Job { folder, path: Vec::new(), tracked, rules, wants: Wants::All, top: None }
}

/// Whether some attribute or setting may make git write other bytes than it stores.
fn converts(scan: &Scan<'_>, baseline: &Baseline) -> bool {
    let Some(git) = scan.git else { return false };
    const NAME: &[u8] = b".gitattributes";
    let is_own =
        |it: &&[u8]| it.strip_suffix(NAME).is_some_and(|it| it.is_empty() || it.ends_with(b"/"));
    let own = baseline.all().map(|it| baseline.path(it)).filter(is_own);
    let mut files: Vec<PathBuf> =
        own.filter_map(TreePath::new).map(|it| it.below(scan.root)).collect();
    files.push(git.info("attributes"));
    files.push(scan.root.join(".gitattributes"));
    let mut folder = git.worktree().to_owned();
    for part in git.prefix().split(|it| *it == b'/').filter(|it| !it.is_empty()) {
        files.push(folder.join(".gitattributes"));
        folder.push(os_of(part));
    }
    git.converts_all() || files.iter().any(|it| fs::read(it).is_ok_and(|it| has_conversion(&it)))
}

fn has_conversion(attributes: &[u8]) -> bool {
    const WORDS: [&[u8]; 6] =
        [b"text", b"eol", b"crlf", b"filter", b"ident", b"working-tree-encoding"];
    let words = attributes.split(u8::is_ascii_whitespace);
    words.into_iter().any(|word| {
        let name = word.split(|it| *it == b'=').next().unwrap_or_default();
        WORDS.contains(&name)
    })
}

/// Folders with too many files are left out whole.
fn drop_crowded(scan: &Scan<'_>, found: &mut Found) {
    let max = scan.limits.folder_files_max;
    let is_crowded = |it: &Top| it.n_files.load(Ordering::Relaxed) > max;
    let mut crowded: Vec<TreePath> = Vec::new();
    for top in found.candidates.iter().filter_map(|it| it.top.as_deref()) {
        if is_crowded(top) && !crowded.contains(&top.path) {
            crowded.push(top.path.clone());
        }
    }
    if crowded.is_empty() {
        return;
    }
    let is_out = |path: &TreePath| crowded.iter().any(|it| path.is_within(it));
    found.candidates.retain(|it| !is_out(&it.path));
    found.empty_folders.retain(|it| !is_out(it));
    found.nested.retain(|(it, _)| !is_out(it));
    found.uncaptured.retain(|(it, ..)| !is_out(it));
    found.uncaptured.extend(crowded.into_iter().map(|it| (it, Reason::TooMany, 0)));
}

impl Walk<'_> {
    fn work(&self) -> Found {
        let mut out = Found::default();
        while let Some(job) = self.next() {
            let jobs = self.folder(job, &mut out);
            let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.jobs.extend(jobs);
            queue.n_busy -= 1;
            drop(queue);
            self.wake.notify_all();
        }
        out
    }

    fn next(&self) -> Option<Job> {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            if let Some(job) = queue.jobs.pop() {
                queue.n_busy += 1;
                return Some(job);
            }
            if queue.n_busy == 0 {
                return None;
            }
            queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Looks at one folder; gives those inside.
    fn folder(&self, mut job: Job, out: &mut Found) -> Vec<Job> {
        let path = TreePath::new(&job.path);
        let is_crowded =
            |top: &Arc<Top>| top.n_files.load(Ordering::Relaxed) > self.folder_files_max;
        if job.top.as_ref().is_some_and(is_crowded) {
            return Vec::new();
        }
        let listing = match Listing::of(&job.folder) {
            Ok(listing) => listing,
            Err(error) => {
                // What took its place in the meantime is not looked at either.
                let is_gone = matches!(
                    error.kind(),
                    std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
                );
                out.uncaptured
                    .extend(path.filter(|_| !is_gone).map(|it| (it, Reason::Unreadable, 0)));
                return Vec::new();
            }
        };
        if listing.len() == 0 && job.wants == Wants::All {
            out.empty_folders.extend(path);
            return Vec::new();
        }
        let has = |name: &[u8]| (0..listing.len()).any(|it| listing.name(it) == name);
        if let Some(path) = path
            && has(b".git")
        {
            out.nested.push((path, head_of(&job.folder)));
            job.rules = Rules::of_user()
                .and_file(&job.folder.join(".git/info/exclude"), self.n_full(&job.path));
        }
        if has(b".gitignore") {
            let file = job.folder.join(".gitignore");
            job.rules = job.rules.and_file(&file, self.n_full(&job.path));
        }
        let n_bytes = job.path.len() + usize::from(!job.path.is_empty());
        let children = self.baseline.children(job.tracked.clone(), n_bytes);
        let none = Child::default();
        (0..listing.len())
            .filter_map(|it| {
                let child = children.get(listing.name(it)).unwrap_or(&none);
                self.entry(&job, (&listing, it), child, out)
            })
            .collect()
    }

    /// How many bytes lead from the top of the worktree to what is in the folder.
    fn n_full(&self, folder: &[u8]) -> usize {
        self.prefix.len() + folder.len() + usize::from(!folder.is_empty())
    }

    fn entry(
        &self,
        job: &Job,
        (listing, index): (&Listing, usize),
        child: &Child,
        out: &mut Found,
    ) -> Option<Job> {
        let what = listing.what(index);
        if let Some(number) = child.tracked
            && matches!(what, What::File | What::Link)
            && self.baseline.kind(number) != Kind::Repository
        {
            if let Some(stat) = self.tracked(number, || listing.stat(index)) {
                self.differs(number, stat, out);
            }
            return None;
        }
        let mut bytes = job.path.clone();
        if !bytes.is_empty() {
            bytes.push(b'/');
        }
        bytes.extend_from_slice(listing.name(index));
        let path = TreePath::new(&bytes)?;
        if self.names.skip.contains(&path) {
            return None;
        }
        if what == What::Folder {
            return self.subfolder(job, path, (listing, index), child, out);
        }
        if job.wants == Wants::Tracked || self.is_ignored(job, &bytes, false) {
            return None;
        }
        if what == What::Special {
            out.uncaptured.push((path, Reason::Special, 0));
            return None;
        }
        let stat = listing.stat(index)?;
        if self.is_secret(&path) {
            out.uncaptured.push((path, Reason::Secret, stat.n_bytes));
            return None;
        }
        if let Some(top) = &job.top {
            top.n_files.fetch_add(1, Ordering::Relaxed);
        }
        let top = job.top.clone();
        out.candidates.push(Candidate { path, stat, tracked: None, is_edited: false, top });
        None
    }

    /// Looks at what git tracks; gives its properties when it may differ from the head.
    fn tracked(&self, number: usize, stat: impl FnOnce() -> Option<Stat>) -> Option<Stat> {
        let visited = &self.visited[number - self.baseline.all().start];
        if self.skip.contains(&number) {
            visited.store(true, Ordering::Relaxed);
            return None;
        }
        let stat = stat()?;
        visited.store(true, Ordering::Relaxed);
        let is_known = self.is_unchanged(number, &stat) && self.baseline.is_head(number);
        (!is_known || self.converts).then_some(stat)
    }

    fn is_unchanged(&self, number: usize, stat: &Stat) -> bool {
        let kind = self.baseline.kind(number);
        self.baseline.is_unchanged(number, stat) && self.has_mode(kind, stat)
    }

    fn differs(&self, number: usize, stat: Stat, out: &mut Found) {
        let Some(path) = TreePath::new(self.baseline.path(number)) else { return };
        let is_edited = !self.is_unchanged(number, &stat);
        if is_edited && self.is_secret(&path) {
            out.uncaptured.push((path, Reason::Secret, stat.n_bytes));
            return;
        }
        let tracked = Some(number);
        out.candidates.push(Candidate { path, stat, tracked, is_edited, top: None });
    }

    fn has_mode(&self, kind: Kind, stat: &Stat) -> bool {
        let is_executable = crate::manifest::is_executable(stat.mode);
        match kind {
            Kind::File => !is_executable || !self.has_modes,
            Kind::Executable => is_executable || !self.has_modes,
            _ => true,
        }
    }

    fn subfolder(
        &self,
        job: &Job,
        path: TreePath,
        (listing, index): (&Listing, usize),
        child: &Child,
        out: &mut Found,
    ) -> Option<Job> {
        let is_link = |it: &usize| self.baseline.kind(*it) == Kind::Repository;
        let is_repository = child.tracked.filter(is_link).inspect(|it| {
            self.visited[*it - self.baseline.all().start].store(true, Ordering::Relaxed);
        });
        let has_tracked = !child.below.is_empty();
        let is_ignored = job.wants == Wants::Tracked || self.is_ignored(job, path.as_bytes(), true);
        if is_ignored && !has_tracked && is_repository.is_none() {
            return None;
        }
        if listing.stat(index).is_some_and(|it| it.device != self.device) {
            out.uncaptured.push((path, Reason::Mount, 0));
            return None;
        }
        let wants = if is_ignored && is_repository.is_none() { Wants::Tracked } else { Wants::All };
        let top = match &job.top {
            Some(top) => Some(Arc::clone(top)),
            None if has_tracked => None,
            None => Some(Arc::new(Top { path: path.clone(), n_files: AtomicUsize::new(0) })),
        };
        let folder = job.folder.join(os_of(listing.name(index)));
        let (rules, tracked) = (job.rules.clone(), child.below.clone());
        Some(Job { folder, path: path.as_bytes().to_vec(), tracked, rules, wants, top })
    }

    fn is_ignored(&self, job: &Job, path: &[u8], is_folder: bool) -> bool {
        if self.prefix.is_empty() {
            return job.rules.ignores(path, is_folder);
        }
        job.rules.ignores(&[self.prefix, path].concat(), is_folder)
    }

    /// Names that hold secrets by custom; what is meant as an example is none.
    fn is_secret(&self, path: &TreePath) -> bool {
        let name = String::from_utf8_lossy(path.file_name());
        let is_example =
            [".example", ".sample", ".template", ".dist"].iter().any(|it| name.ends_with(it));
        let is_env = *name == *".env" || name.starts_with(".env.");
        is_env && !is_example && !self.names.include.iter().any(|it| **it == *name)
    }
}
