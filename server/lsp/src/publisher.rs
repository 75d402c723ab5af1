//! Tells the client what is wrong as soon as it is known, and never twice.
//!
//! A change to a quiet document is published at once. Changes that arrive while one is analysed
//! are a burst: they are waited out, and published together. So a single keystroke costs no delay,
//! and two hundred in a row cost two publishes instead of two hundred.

use crate::session::{Doc, Moment, Session};
use crate::to_proto;
use lsp_types::{Diagnostic, PublishDiagnosticsNotification, PublishDiagnosticsParams, Uri};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};
use std::hash::Hasher as _;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use workspace::DocumentKey;

/// A burst is over when nothing has changed for so long.
const QUIET: Duration = Duration::from_millis(8);
/// A burst that does not end is published this often.
const BURST_MAX: Duration = Duration::from_millis(150);
/// Clients that pull are asked to do so again at most this often.
const REFRESH_EVERY: Duration = Duration::from_millis(200);

/// The mailbox of the publishing thread: which documents changed, not how.
#[derive(Debug, Default)]
pub(crate) struct Publisher {
    mailbox: Arc<Mailbox>,
}

#[derive(Debug, Default)]
struct Mailbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    dirty: FxHashSet<DocumentKey>,
    latest: Option<Instant>,
    closed: bool,
}

impl Publisher {
    /// Starts the thread; it ends when the session does.
    pub(crate) fn start(&self, session: &Arc<Session>) {
        let (mailbox, session) = (Arc::clone(&self.mailbox), Arc::downgrade(session));
        let name = "lsp-diagnostics".to_owned();
        let started = std::thread::Builder::new().name(name).spawn(move || mailbox.run(&session));
        if let Err(error) = started {
            tracing::error!("start the thread that publishes diagnostics: {error}");
        }
    }

    /// Says that a document changed, or that what is known of it did.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a burst lasts is a matter of this front"
    )]
    pub(crate) fn submit(&self, keys: impl IntoIterator<Item = DocumentKey>) {
        let mut state = self.mailbox.lock();
        state.dirty.extend(keys);
        state.latest = Some(Instant::now());
        drop(state);
        self.mailbox.changed.notify_one();
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
        let mut in_burst = false;
        while let Some(dirty) = self.next(in_burst) {
            let Some(session) = session.upgrade() else { return };
            if !session.pump.wait_below_mark() {
                return;
            }
            let publish = std::panic::AssertUnwindSafe(|| shown.update(&session, dirty));
            if std::panic::catch_unwind(publish).is_err() {
                tracing::error!("a document could not be analysed; its diagnostics are old");
            }
            in_burst = !self.lock().dirty.is_empty();
        }
    }

    /// Waits for changes and, in a burst, for its end; `None` when the session is over.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a burst lasts is a matter of this front"
    )]
    fn next(&self, in_burst: bool) -> Option<FxHashSet<DocumentKey>> {
        let idle = |it: &mut State| it.dirty.is_empty() && !it.closed;
        let state = self.changed.wait_while(self.lock(), idle);
        let mut state = state.unwrap_or_else(PoisonError::into_inner);
        let deadline = Instant::now() + BURST_MAX;
        while in_burst && !state.closed {
            let now = Instant::now();
            let quiet_at = state.latest.map_or(now, |it| it + QUIET).min(deadline);
            let Some(left) = quiet_at.checked_duration_since(now).filter(|it| !it.is_zero()) else {
                break;
            };
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        (!state.closed).then(|| std::mem::take(&mut state.dirty))
    }
}

/// What the client has been told, by document.
#[derive(Debug, Default)]
struct Shown {
    by_key: FxHashMap<DocumentKey, (Uri, u64)>,
    /// When the client was, or will be, asked to pull again.
    refresh_at: Option<Instant>,
}

impl Shown {
    /// Brings the client up to date about the specs that hold `dirty`.
    fn update(&mut self, session: &Arc<Session>, dirty: FxHashSet<DocumentKey>) {
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
                others_changed |= changed && !dirty.contains(&key);
            }
        }
        if moment.profile.pulls_diagnostics && others_changed {
            self.refresh(session);
        }
    }

    /// Publishes one document if what is known of it changed; tells whether it did.
    fn show(&mut self, session: &Session, moment: &Moment, key: &DocumentKey) -> bool {
        let doc = moment.doc_of(key).filter(|_| moment.open.contains_key(key));
        let Some(doc) = doc else {
            // Closed: whatever the client still shows is taken back.
            let Some((uri, hash)) = self.by_key.remove(key) else { return false };
            if hash != hash_of(&[]) && !moment.profile.pulls_diagnostics {
                publish(session, uri, None, Vec::new());
            }
            return true;
        };
        let Some(uri) = doc.uri(doc.id) else { return false };
        let diagnostics = diagnostics(&doc);
        let hash = hash_of(&diagnostics);
        let told = self.by_key.insert(key.clone(), (uri.clone(), hash));
        let changed = told.is_none_or(|(_, old)| old != hash);
        if changed && !moment.profile.pulls_diagnostics {
            publish(session, uri, doc.version(doc.id), diagnostics);
        }
        changed
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

/// Everything that is known of a document now, as the client reads it.
pub(crate) fn diagnostics(doc: &Doc) -> Vec<Diagnostic> {
    doc.diagnostics().iter().map(|it| to_proto::diagnostic(doc, it)).collect()
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
