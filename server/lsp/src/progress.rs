//! Work-done progress: shown when the client agrees, silent when it does not answer.

use crate::session::Session;
use crate::tasks::answered;
use lsp_types::{
    ProgressNotification, ProgressParams, ProgressToken, WorkDoneProgressBegin,
    WorkDoneProgressEnd, WorkDoneProgressReport,
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// One piece of work, as the author sees it. The work goes on whether or not it is shown.
#[derive(Debug)]
pub(crate) struct Progress {
    session: Weak<Session>,
    token: ProgressToken,
    stage: Mutex<Stage>,
    is_cancelled: AtomicBool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// The client has not yet said that it will show it.
    Asked,
    Shown {
        percentage: u32,
    },
    Ended,
}

impl Progress {
    /// Asks the client to show the work; returns at once.
    pub(crate) fn start(session: &Arc<Session>, title: &str) -> Arc<Self> {
        let n = session.n_progress.fetch_add(1, Ordering::Relaxed);
        let progress = Arc::new(Self {
            session: Arc::downgrade(session),
            token: ProgressToken::String(format!("specwright/{n}")),
            stage: Mutex::new(Stage::Asked),
            is_cancelled: AtomicBool::new(false),
        });
        if session.profile().shows_progress {
            session.world().progress = Arc::downgrade(&progress);
            let (shown, title, session) =
                (Arc::clone(&progress), title.to_owned(), session.clone());
            session.runtime.clone().spawn(async move {
                let asked = session.client.create_work_done_progress(shown.token.clone());
                if answered("window/workDoneProgress/create", asked).await.is_some() {
                    shown.begin(title);
                }
            });
        }
        progress
    }

    fn begin(&self, title: String) {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        // Work that ended before the client answered is not worth a flash on the screen.
        if *stage == Stage::Asked {
            *stage = Stage::Shown { percentage: 0 };
            let begin = WorkDoneProgressBegin {
                title,
                cancellable: Some(true),
                message: None,
                percentage: Some(0),
            };
            self.send("begin", json!(begin));
        }
    }

    /// Tells how much is done, whole percents only.
    pub(crate) fn report(&self, n_done: usize, n_all: usize) {
        let percentage = u32::try_from(n_done * 100 / n_all.max(1)).unwrap_or(100);
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*stage, Stage::Shown { percentage: told } if told < percentage) {
            *stage = Stage::Shown { percentage };
            let report = WorkDoneProgressReport {
                message: Some(format!("{n_done} of {n_all}")),
                percentage: Some(percentage),
                cancellable: Some(true),
            };
            self.send("report", json!(report));
        }
    }

    pub(crate) fn end(&self) {
        let mut stage = self.stage.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*stage, Stage::Shown { .. }) {
            self.send("end", json!(WorkDoneProgressEnd::default()));
        }
        *stage = Stage::Ended;
    }

    /// The author wants no more of it, if `token` is its own.
    pub(crate) fn cancel(&self, token: &ProgressToken) {
        if *token == self.token {
            self.is_cancelled.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(Ordering::Relaxed)
    }

    fn send(&self, kind: &str, mut value: Value) {
        let Some(session) = self.session.upgrade() else { return };
        value["kind"] = json!(kind);
        let token = self.token.clone();
        session.notify::<ProgressNotification>(&ProgressParams { token, value });
    }
}
