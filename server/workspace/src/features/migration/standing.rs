//! Whether migrations are applied, for people.

use super::names::{self, Thing};
use crate::features::Around;
use crate::migrations::Migration;
use crate::migrations::late::Database;
use jiff::Timestamp;
use migrate::run::Kind;
use text::line_index::Encoding;

/// Where a migration stands with the development database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::features) enum State {
    Applied {
        /// Unix time in milliseconds.
        at_ms: i64,
        /// The database held already what it describes.
        was_there: bool,
    },
    /// A run stopped half-way and waits to be finished.
    Interrupted,
    Waits,
}

impl State {
    pub(super) fn of(file: &Migration, database: Option<&Database>) -> Self {
        let Some(database) = database else { return Self::Waits };
        if database.standing.ledger.running().is_some_and(|it| it.name == file.name) {
            return Self::Interrupted;
        }
        match database.standing.applied(&file.name) {
            Some(it) => Self::Applied {
                at_ms: it.finished_at_ms.unwrap_or(it.started_at_ms),
                was_there: it.kind == Kind::Baseline,
            },
            None => Self::Waits,
        }
    }

    /// A fragment: `applied 2026-11-21 12:03 UTC`.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Applied { at_ms, was_there: false } => {
                format!("applied {}", moment_in_words(*at_ms))
            }
            Self::Applied { at_ms, was_there: true } => {
                format!("taken over as it was {}", moment_in_words(*at_ms))
            }
            Self::Interrupted => "interrupted".to_owned(),
            Self::Waits => "waits to be applied".to_owned(),
        }
    }
}

/// `2026-11-21 12:03 UTC`
pub(super) fn moment_in_words(at_ms: i64) -> String {
    match Timestamp::from_millisecond(at_ms) {
        Ok(it) => it.strftime("%Y-%m-%d %H:%M UTC").to_string(),
        Err(_) => "at an unknown time".to_owned(),
    }
}

/// What the migrations of the workspace have to do with a thing of a product spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::features) struct Making {
    /// The migration's file name.
    file: String,
    /// From 1.
    line: u32,
    state: State,
}

impl Making {
    /// Who makes `thing`; `None` when no migration does.
    pub(in crate::features) fn of(around: &Around, thing: &Thing) -> Option<Self> {
        around.migrations.iter().find_map(|view| {
            let set = view.migrations.as_ref()?;
            let origin = names::origin(&set.schema(), thing)?;
            let file = set.files.get(origin.file as usize)?;
            let document = view.documents.get(origin.file as usize)?;
            let at = origin.span.range().start;
            Some(Self {
                file: document.path.as_ref().map_or("a migration", |it| it.file_name()).to_owned(),
                line: document.lines.position(at, Encoding::Utf8).line + 1,
                state: State::of(file, around.database.as_deref()),
            })
        })
    }

    /// A sentence of a card.
    pub(in crate::features) fn sentence(&self) -> String {
        format!("Made by {}, line {}: {}.", self.file, self.line, self.state.words())
    }

    /// A part of a lens: `applied`, `waits`.
    pub(in crate::features) fn word(&self) -> &'static str {
        match self.state {
            State::Applied { .. } => "applied",
            State::Interrupted => "interrupted",
            State::Waits => "waits to be applied",
        }
    }
}

/// What a card says where the workspace has migrations and none of them makes the thing.
pub(in crate::features) const UNMADE: &str = "No migration makes it yet.";
