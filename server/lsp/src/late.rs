//! Looks at migration specs when the author pauses, and at the development database when it
//! changes; on a thread of its own, which the next keystroke stops.
//!
//! A keystroke costs a counter here. What a look finds is told only when the documents are still
//! those that it saw; findings then move with the text until the next look replaces them.

use crate::aggregator::Source;
use crate::health;
use crate::session::{Moment, Session, World};
use model::{AbsPath, Diagnostic};
use rustc_hash::FxHashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use workspace::migrations::late::Stop;
use workspace::migrations::late::{Database, Depth, LateFinding, Look, Signature, notes};
use workspace::{DocumentKey, SpecId};

/// A look starts when nothing was typed for so long.
const PAUSE: Duration = Duration::from_millis(150);
/// How often the files of a database are looked at.
const TICK: Duration = Duration::from_secs(1);

/// The development databases of the open folders, as last read.
pub(crate) type Databases = FxHashMap<AbsPath, Arc<Database>>;

/// The mailbox of the thread.
#[derive(Debug, Default)]
pub(crate) struct Late {
    mailbox: Arc<Mailbox>,
}

#[derive(Debug, Default)]
struct Mailbox {
    state: Mutex<State>,
    changed: Condvar,
    /// Grows with every edit; a look that began before is pointless.
    n_edits: Arc<AtomicU64>,
}

#[derive(Debug, Default)]
struct State {
    wanted: Option<Depth>,
    latest: Option<Instant>,
    closed: bool,
}

/// What to do next.
enum Work {
    Look(Depth),
    /// Nothing was asked for in a tick.
    Tick,
}

impl Late {
    /// Starts the thread; it ends when the session does.
    pub(crate) fn start(&self, session: &Arc<Session>) {
        let (mailbox, session) = (Arc::clone(&self.mailbox), Arc::downgrade(session));
        let name = "lsp-late".to_owned();
        let started = std::thread::Builder::new().name(name).spawn(move || run(&mailbox, &session));
        if let Err(error) = started {
            tracing::error!("start the thread that tries migrations: {error}");
        }
    }

    /// A document was opened, edited or closed.
    pub(crate) fn edited(&self) {
        self.want(Depth::Live);
    }

    /// A file was written, or something was run on the database.
    pub(crate) fn saved(&self) {
        self.want(Depth::Rows);
    }

    #[expect(clippy::disallowed_methods, reason = "how long a pause is is a matter of this front")]
    fn want(&self, depth: Depth) {
        self.mailbox.n_edits.fetch_add(1, Ordering::Relaxed);
        let mut state = self.mailbox.lock();
        state.wanted = state.wanted.max(Some(depth));
        state.latest = Some(Instant::now());
        drop(state);
        self.mailbox.changed.notify_one();
    }
}

impl Drop for Late {
    fn drop(&mut self) {
        self.mailbox.lock().closed = true;
        self.mailbox.n_edits.fetch_add(1, Ordering::Relaxed);
        self.mailbox.changed.notify_one();
    }
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a pause after what was asked for, or for a tick where somebody `ticks`; `None` when
    /// the session is over.
    #[expect(clippy::disallowed_methods, reason = "how long a pause is is a matter of this front")]
    fn next(&self, ticks: bool) -> Option<Work> {
        let mut state = self.lock();
        let started = Instant::now();
        loop {
            if state.closed {
                return None;
            }
            let now = Instant::now();
            let wait = match (state.wanted, state.latest) {
                (Some(depth), latest) => {
                    let quiet_at = latest.map_or(now, |it| it + PAUSE);
                    if quiet_at <= now {
                        state.wanted = None;
                        return Some(Work::Look(depth));
                    }
                    Some(quiet_at - now)
                }
                (None, _) if ticks => {
                    let tick_at = started + TICK;
                    if tick_at <= now {
                        return Some(Work::Tick);
                    }
                    Some(tick_at - now)
                }
                (None, _) => None,
            };
            state = match wait {
                Some(wait) => {
                    let waited = self.changed.wait_timeout(state, wait);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

fn run(mailbox: &Mailbox, session: &Weak<Session>) {
    let mut watcher = Watcher::default();
    while let Some(work) = mailbox.next(!watcher.seen.is_empty()) {
        let Some(session) = session.upgrade() else { return };
        let look = std::panic::AssertUnwindSafe(|| match work {
            Work::Look(depth) => watcher.look(mailbox, &session, depth),
            Work::Tick if watcher.has_news() => watcher.look(mailbox, &session, Depth::Rows),
            Work::Tick => {}
        });
        if std::panic::catch_unwind(look).is_err() {
            tracing::error!("migrations could not be tried; what is told of them is old");
            watcher = Watcher::default();
        }
    }
}

/// What the thread remembers between looks.
#[derive(Default)]
struct Watcher {
    /// The databases of folders with migration specs; others are not watched.
    seen: FxHashMap<AbsPath, (Signature, Option<Arc<Database>>)>,
    /// What was found in the specs of a folder, and on which basis.
    found: FxHashMap<AbsPath, (Basis, Arc<Vec<LateFinding>>)>,
    /// What changed in the databases and was not told yet: a keystroke stops a look.
    news: Option<News>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum News {
    /// The first look is the folder's own.
    First,
    Changed,
}

/// What a look depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Basis {
    /// Of the specs.
    stamp: Option<u64>,
    signature: Option<Signature>,
    depth: Depth,
}

/// What is to be told of a document, and the stamp of the spec that it was found in.
type Told = FxHashMap<DocumentKey, (Option<u64>, Vec<Diagnostic>)>;

impl Watcher {
    /// Whether a database is not as it was at the last look.
    fn has_news(&self) -> bool {
        self.seen.iter().any(|(root, (signature, _))| Database::signature(root) != *signature)
    }

    fn look(&mut self, mailbox: &Mailbox, session: &Arc<Session>, depth: Depth) {
        let n_edits = Arc::clone(&mailbox.n_edits);
        let n_before = n_edits.load(Ordering::Relaxed);
        let stop: Stop = Arc::new(move || n_edits.load(Ordering::Relaxed) != n_before);
        let moment = session.moment();
        let kind = if self.seen.is_empty() { News::First } else { News::Changed };
        if self.read_databases(session, &moment) {
            self.news = self.news.max(Some(kind));
        }
        let mut told = Told::default();
        let mut all = Vec::new();
        for id in moment.snapshot.migrations() {
            let keys: Vec<&DocumentKey> = moment.snapshot.keys(id).collect();
            let Some(first) = keys.first() else { continue };
            let stamp = moment.snapshot.stamp(first);
            let Some(found) = self.findings(&moment, id, depth, stop.clone()) else { return };
            for (index, key) in (0u32..).zip(keys) {
                let own = found.iter().map(|it| &it.diagnostic);
                let own = own.filter(|it| it.document.0 == index).cloned().collect();
                told.insert(key.clone(), (stamp, own));
            }
            all.extend(found.iter().cloned());
        }
        if !all.is_empty() {
            tell_specs(&moment, &all, &mut told);
        }
        tell(session, told);
        let news = self.news.take();
        if news.is_some() {
            session.refresh_views();
        }
        // What was harmed or mended shows without a restart.
        if news == Some(News::Changed) {
            health::look(session);
        }
    }

    /// What is found in one set of specs; `None` when the look was stopped.
    fn findings(
        &mut self,
        moment: &Moment,
        id: SpecId,
        depth: Depth,
        stop: Stop,
    ) -> Option<Arc<Vec<LateFinding>>> {
        let first = moment.snapshot.keys(id).next()?;
        let root = moment.root_of(first);
        let seen = root.as_ref().and_then(|it| self.seen.get(it));
        let signature = seen.map(|it| it.0.clone());
        let basis = Basis { stamp: moment.snapshot.stamp(first), signature, depth };
        let known = root.as_ref().and_then(|it| self.found.get(it));
        if let Some((_, found)) = known.filter(|it| it.0.holds_for(&basis)) {
            return Some(Arc::clone(found));
        }
        let database = seen.and_then(|it| it.1.clone());
        let (view, settings) = (moment.snapshot.view(id)?, moment.settings(first));
        let (database, settings) = (database.as_deref(), &*settings);
        let look = Look { view: &view, settings, database, depth, stop };
        let found = Arc::new(look.findings()?);
        if let Some(root) = root {
            self.found.insert(root, (basis, Arc::clone(&found)));
        }
        Some(found)
    }

    /// Reads the databases that changed; tells whether any did.
    fn read_databases(&mut self, session: &Session, moment: &Moment) -> bool {
        let sets = moment.snapshot.migrations().into_iter();
        let roots = sets.filter_map(|it| moment.root_of(moment.snapshot.keys(it).next()?));
        let roots: Vec<AbsPath> = roots.collect();
        let n_before = self.seen.len();
        self.seen.retain(|it, _| roots.contains(it));
        self.found.retain(|it, _| roots.contains(it));
        let mut changed = n_before != self.seen.len();
        for root in roots {
            // Before it is read: a change while it is read is then seen by the next tick.
            let signature = Database::signature(&root);
            if self.seen.get(&root).is_some_and(|it| it.0 == signature) {
                continue;
            }
            let database = Database::read(&root).unwrap_or_else(|error| {
                tracing::warn!("read the development database of `{root}`: {error}");
                None
            });
            self.seen.insert(root, (signature, database.map(Arc::new)));
            changed = true;
        }
        if changed {
            let known = self.seen.iter();
            let known =
                known.filter_map(|(root, it)| Some((root.clone(), Arc::clone(it.1.as_ref()?))));
            session.world().databases = Arc::new(known.collect());
        }
        changed
    }
}

impl Basis {
    /// Whether what was found on this basis is what a look on `other` would find.
    fn holds_for(&self, other: &Self) -> bool {
        (self.stamp, &self.signature) == (other.stamp, &other.signature)
            && self.depth >= other.depth
    }
}

/// Notes for the product specs that are open.
fn tell_specs(moment: &Moment, found: &[LateFinding], told: &mut Told) {
    for key in moment.open.keys() {
        let Some(view) = moment.snapshot.spec(key).filter(|it| it.migrations.is_none()) else {
            continue;
        };
        let stamp = moment.snapshot.stamp(key);
        let Some(id) = view.document_id(key) else { continue };
        let mut own = notes(&view, found);
        own.retain(|it| it.document == id);
        told.insert(key.clone(), (stamp, own));
    }
}

/// Puts findings beside those of the specs, unless a document is no longer what they are about.
fn tell(session: &Session, told: Told) {
    let mut world = session.world();
    let World { workspace, aggregator, .. } = &mut *world;
    let now = workspace.snapshot();
    let mut changed = Vec::new();
    let known = aggregator.documents_of(Source::Migration);
    let gone = known.into_iter().filter(|it| !told.contains_key(it)).map(|it| (it, Vec::new()));
    let gone: Vec<_> = gone.collect();
    let told = told.into_iter().filter(|(key, (stamp, _))| now.stamp(key) == *stamp);
    for (key, found) in told.map(|(key, it)| (key, it.1)).chain(gone) {
        let found: Vec<crate::aggregator::Told> = found.into_iter().map(Into::into).collect();
        if aggregator.says(&key, Source::Migration) != found.as_slice() {
            Arc::make_mut(aggregator).put(key.clone(), Source::Migration, found);
            changed.push(key);
        }
    }
    drop(world);
    session.publisher().submit_late(changed);
}
