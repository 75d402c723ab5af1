//! Tells the client what is wrong as soon as it is known, and never twice.
//!
//! A change after a pause is published at once. Changes that come while one is analysed, or on the
//! heels of each other, are a burst: they are waited out and published together. So a keystroke
//! costs no delay, and two hundred in a row cost a few publishes instead of two hundred. A client
//! that waits for each publish before it types on is no burst: after a short wait shows that it
//! waits, it is served at once again. What is received but not yet read counts as typed.

use crate::progress::Progress;
use crate::session::{Doc, Moment, Session};
use crate::to_proto;
use crate::transport::Behind;
use lsp_types::{Diagnostic, PublishDiagnosticsNotification, PublishDiagnosticsParams, Uri};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::Hasher as _;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use workspace::DocumentKey;

/// A change so long after the one before it is published at once.
const PAUSE: Duration = Duration::from_millis(20);
/// So many changes without a pause are published at once before the first look for a burst.
const AT_ONCE_MAX: u32 = 2;
/// A client that has typed on by then does not wait for publishes.
const LOOK: Duration = Duration::from_millis(2);
/// A burst is published when nothing has changed for so long; it is over after a pause.
const QUIET: Duration = Duration::from_millis(8);
/// A burst that does not end is published this often.
const BURST_MAX: Duration = Duration::from_millis(150);
/// Clients that pull are asked to do so again at most this often.
const REFRESH_EVERY: Duration = Duration::from_millis(200);

/// The mailbox of the publishing thread: which documents changed, not how.
#[derive(Debug)]
pub(crate) struct Publisher {
    mailbox: Arc<Mailbox>,
    /// Counts changes, for those who wait for one.
    changes: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Mailbox {
    state: Mutex<State>,
    changed: Condvar,
    behind: Behind,
}

#[derive(Debug, Default)]
struct State {
    dirty: FxHashSet<DocumentKey>,
    /// Among what is dirty is what the client has not changed, and would not ask about.
    is_late: bool,
    latest: Option<Instant>,
    /// Publishes at once since the last pause or look.
    n_at_once: u32,
    /// The client types on without waiting for publishes.
    in_burst: bool,
    /// Closed documents of a scan, looked at one by one when nothing else is to do.
    backlog: Vec<DocumentKey>,
    scan: Option<Scan>,
    closed: bool,
}

#[derive(Debug, Clone)]
struct Scan {
    progress: Arc<Progress>,
    n_all: usize,
}

/// What to do next.
enum Work {
    /// And whether some of it did not change itself.
    Changed(FxHashSet<DocumentKey>, bool),
    /// The next closed document of a scan; it is over with `None`.
    Scan(Option<DocumentKey>),
}

impl Publisher {
    pub(crate) fn new(behind: Behind) -> Self {
        let mailbox = Arc::new(Mailbox { behind, ..Mailbox::default() });
        Self { mailbox, changes: watch::Sender::new(0) }
    }

    /// Starts the thread; it ends when the session does.
    pub(crate) fn start(&self, session: &Arc<Session>) {
        let (mailbox, session) = (Arc::clone(&self.mailbox), Arc::downgrade(session));
        let name = "lsp-diagnostics".to_owned();
        let started = std::thread::Builder::new().name(name).spawn(move || mailbox.run(&session));
        if let Err(error) = started {
            tracing::error!("start the thread that publishes diagnostics: {error}");
        }
    }

    /// Hears of every change from now on.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Looks at closed documents when nothing else is to do; a scan replaces the one before it.
    pub(crate) fn scan(&self, mut keys: Vec<DocumentKey>, progress: Arc<Progress>) {
        // The last comes first.
        keys.reverse();
        let mut state = self.mailbox.lock();
        let n_all = keys.len();
        state.backlog = keys;
        self.changes.send_modify(|it| *it += 1);
        if let Some(before) = state.scan.replace(Scan { progress, n_all }) {
            before.progress.end();
        }
        drop(state);
        self.mailbox.changed.notify_one();
    }

    /// Says that more is known of documents that did not change themselves.
    pub(crate) fn submit_late(&self, keys: Vec<DocumentKey>) {
        if keys.is_empty() {
            return;
        }
        self.mailbox.lock().is_late = true;
        self.submit(keys);
    }

    /// Says that a document changed, or that what is known of it did.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a burst lasts is a matter of this front"
    )]
    pub(crate) fn submit(&self, keys: impl IntoIterator<Item = DocumentKey>) {
        let mut state = self.mailbox.lock();
        let now = Instant::now();
        if state.latest.is_none_or(|it| now - it >= PAUSE) {
            (state.n_at_once, state.in_burst) = (0, false);
        }
        state.dirty.extend(keys);
        state.latest = Some(now);
        drop(state);
        self.mailbox.changed.notify_one();
        self.changes.send_modify(|it| *it += 1);
    }
}

impl Drop for Publisher {
    fn drop(&mut self) {
        self.mailbox.lock().closed = true;
        self.mailbox.changed.notify_one();
    }
}

impl Mailbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, session: &Weak<Session>) {
        let mut shown = Shown::default();
        while let Some(work) = self.next() {
            let Some(session) = session.upgrade() else { return };
            if !session.pump.wait_below_mark() {
                return;
            }
            let publish = std::panic::AssertUnwindSafe(|| match work {
                Work::Changed(dirty, is_late) => shown.update(&session, dirty, is_late),
                Work::Scan(Some(key)) => shown.look(&session, &key),
                Work::Scan(None) => shown.end_scan(&session),
            });
            if std::panic::catch_unwind(publish).is_err() {
                tracing::error!("a document could not be analysed; its diagnostics are old");
            }
            let mut state = self.lock();
            state.in_burst |= !state.dirty.is_empty();
        }
    }

    /// Waits for changes and, in a burst, for its end; `None` when the session is over.
    fn next(&self) -> Option<Work> {
        let idle = |it: &mut State| it.dirty.is_empty() && it.scan.is_none() && !it.closed;
        let state = self.changed.wait_while(self.lock(), idle);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        if !state.dirty.is_empty() {
            state = self.wait_out(state);
        }
        if state.closed {
            return None;
        }
        if state.dirty.is_empty() {
            return Some(Work::Scan(state.next_closed()));
        }
        let is_late = std::mem::take(&mut state.is_late);
        Some(Work::Changed(std::mem::take(&mut state.dirty), is_late))
    }
}

impl Mailbox {
    /// Waits for the end of a burst, if there is one.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a burst lasts is a matter of this front"
    )]
    fn wait_out<'a>(&'a self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        state.in_burst |= self.behind.is_behind();
        if !state.in_burst && state.n_at_once < AT_ONCE_MAX {
            state.n_at_once += 1;
            return state;
        }
        let deadline = Instant::now() + BURST_MAX;
        let first = state.latest;
        while !state.closed {
            let now = Instant::now();
            state.in_burst |= state.latest != first;
            let wait = if state.in_burst { QUIET } else { LOOK };
            let quiet_since = if self.behind.is_behind() { Some(now) } else { state.latest };
            let quiet_at = quiet_since.map_or(now, |it| it + wait).min(deadline);
            let left = quiet_at.saturating_duration_since(now);
            if left.is_zero() {
                break;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        // If nobody typed on, the client waits for what is published now, and shall not wait long.
        state.n_at_once = if state.in_burst { AT_ONCE_MAX } else { 0 };
        state
    }
}

impl State {
    /// The next document of the scan; `None` ends it.
    fn next_closed(&mut self) -> Option<DocumentKey> {
        let Some(scan) = &self.scan else { return None };
        if scan.progress.is_cancelled() {
            self.backlog.clear();
        }
        scan.progress.report(scan.n_all - self.backlog.len(), scan.n_all);
        let next = self.backlog.pop();
        if next.is_none() {
            scan.progress.end();
            self.scan = None;
        }
        next
    }
}

/// What the client has been told, by document.
#[derive(Debug, Default)]
struct Shown {
    by_key: FxHashMap<DocumentKey, Told>,
    /// The same for late findings that are told by themselves.
    late: FxHashMap<DocumentKey, u64>,
    /// When the client was, or will be, asked to pull again.
    refresh_at: Option<Instant>,
}

#[derive(Debug)]
struct Told {
    uri: Uri,
    hash: u64,
    /// Whether it was open then, and the client was told of which version of it.
    is_open: bool,
}

impl Shown {
    /// Brings the client up to date about the specs that hold `dirty`.
    fn update(&mut self, session: &Arc<Session>, dirty: FxHashSet<DocumentKey>, is_late: bool) {
        let moment = session.moment();
        let mut seen = FxHashSet::default();
        let mut others_changed = false;
        for key in &dirty {
            let view = moment.snapshot.spec(key);
            let keys = view.map_or_else(|| vec![key.clone()], |it| it.keys.clone());
            for key in keys {
                if !seen.insert(key.clone()) {
                    continue;
                }
                let changed = self.show(session, &moment, &key);
                if moment.profile.is_told_late {
                    self.show_late(session, &moment, &key);
                }
                others_changed |= changed && (is_late || !dirty.contains(&key));
            }
        }
        if moment.profile.pulls_diagnostics && others_changed {
            self.refresh(session);
        }
    }

    /// Publishes one closed document; the others of its spec come by themselves.
    fn look(&mut self, session: &Arc<Session>, key: &DocumentKey) {
        let moment = session.moment();
        // A client that pulls asks for closed documents when it wants them.
        if !moment.profile.pulls_diagnostics {
            self.show(session, &moment, key);
        }
    }

    fn end_scan(&mut self, session: &Arc<Session>) {
        let moment = session.moment();
        for file in moment.problems.values().flatten() {
            self.show(session, &moment, &DocumentKey::File(file.file.clone()));
        }
        let gone: Vec<DocumentKey> =
            self.by_key.keys().filter(|it| !moment.knows(it)).cloned().collect();
        for key in gone {
            self.show(session, &moment, &key);
        }
        session.tell_status(true);
        if moment.profile.pulls_diagnostics {
            self.refresh(session);
        }
    }

    /// Publishes one document if what is known of it changed; tells whether it did.
    fn show(&mut self, session: &Session, moment: &Moment, key: &DocumentKey) -> bool {
        let found = if moment.is_shown(key) { diagnostics_of(moment, key) } else { None };
        let Some((uri, version, diagnostics)) = found else {
            // Closed or gone: whatever the client still shows is taken back.
            let Some(told) = self.by_key.remove(key) else { return false };
            if told.hash != hash_of(&[]) && !moment.profile.pulls_diagnostics {
                publish(session, told.uri, None, Vec::new());
            }
            return true;
        };
        let (hash, is_open) = (hash_of(&diagnostics), version.is_some());
        let told = self.by_key.insert(key.clone(), Told { uri: uri.clone(), hash, is_open });
        // Nothing is said of a closed file in which nothing is wrong.
        let silent = !is_open && told.is_none() && diagnostics.is_empty();
        let changed = told.as_ref().is_none_or(|it| it.hash != hash) && !silent;
        // Who opens a file waits for the word on that version, also where it is the same.
        let is_opened = is_open && told.is_some_and(|it| !it.is_open);
        if (changed || is_opened) && !moment.profile.pulls_diagnostics {
            publish(session, uri, version, diagnostics);
        }
        changed
    }

    /// Publishes the late findings of one document if they changed.
    fn show_late(&mut self, session: &Session, moment: &Moment, key: &DocumentKey) {
        let doc = moment.doc_of(key).filter(|_| moment.is_shown(key));
        let late = doc.as_ref().map(Doc::late_diagnostics).unwrap_or_default();
        let found = late.iter().zip(doc.iter().cycle());
        let found: Vec<Diagnostic> = found.map(|(it, doc)| to_proto::told(doc, it)).collect();
        let hash = hash_of(&found);
        let told = if found.is_empty() {
            self.late.remove(key)
        } else {
            self.late.insert(key.clone(), hash)
        };
        let Some(uri) = moment.uri(key).filter(|_| told.unwrap_or(hash_of(&[])) != hash) else {
            return;
        };
        let version = doc.as_ref().and_then(|it| it.version(it.id));
        publish(session, uri, version, found);
    }

    #[expect(clippy::disallowed_methods, reason = "how often to ask is a matter of this front")]
    fn refresh(&mut self, session: &Arc<Session>) {
        if !session.profile().refreshes_diagnostics {
            return;
        }
        let now = Instant::now();
        if self.refresh_at.is_some_and(|it| it > now) {
            // One is already on its way.
            return;
        }
        let at = self.refresh_at.map_or(now, |it| (it + REFRESH_EVERY).max(now));
        self.refresh_at = Some(at);
        crate::tasks::refresh_diagnostics(session, at - now);
    }
}

/// What a document's address, version and diagnostics are; `None` when it is not known.
pub(crate) fn diagnostics_of(
    moment: &Moment,
    key: &DocumentKey,
) -> Option<(Uri, Option<i32>, Vec<Diagnostic>)> {
    if let Some(doc) = moment.doc_of(key) {
        return Some((doc.uri(doc.id)?, doc.version(doc.id), diagnostics(&doc)));
    }
    let problems = moment.problems_of(key);
    let encoding = moment.profile.encoding;
    let all = problems.iter().map(|it| to_proto::problem(it, encoding)).collect();
    let is_told = !problems.is_empty() || moment.open.contains_key(key);
    Some((moment.uri(key).filter(|_| is_told)?, None, all))
}

/// Everything that is known of a document now, as the client reads it.
pub(crate) fn diagnostics(doc: &Doc) -> Vec<Diagnostic> {
    if let Some(failure) = doc.failure() {
        return vec![to_proto::unreadable(failure)];
    }
    doc.diagnostics().iter().map(|it| to_proto::told(doc, it)).collect()
}

/// Tells two sets of diagnostics apart; also the `resultId` of pulled ones.
pub(crate) fn hash_of(diagnostics: &[Diagnostic]) -> u64 {
    let mut hasher = FxHasher::default();
    let bytes = serde_json::to_vec(diagnostics).expect("diagnostics have string keys only");
    hasher.write(&bytes);
    hasher.finish()
}

fn publish(session: &Session, uri: Uri, version: Option<i32>, diagnostics: Vec<Diagnostic>) {
    session.notify::<PublishDiagnosticsNotification>(&PublishDiagnosticsParams {
        uri,
        version,
        diagnostics,
    });
}
