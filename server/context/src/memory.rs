//! What came of decisions in the user's projects, told again when the like comes up.
//!
//! One SQLite file in the user's state folder, beside no workspace and in no repository. It holds
//! names of tables and columns, words of policies, how it ended, and the author's own reasons, as far
//! as these look like neither a secret nor a row of data. Nothing is ever decided by it.

mod keep;
mod recall;
mod store;

pub use crate::memory::keep::keepable;
pub use crate::memory::recall::{Query, RECALLED_MAX, Recalled};
pub use crate::memory::store::MemoryError;

use model::{AbsPath, Timestamp};
use rusqlite::Connection;
use system::System;

/// An open memory.
#[derive(Debug)]
pub struct Memory {
    db: Connection,
}

/// The workspace in which something was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// Tells two folders of the same name apart; only its hash is kept.
    pub root: AbsPath,
    /// What is shown.
    pub name: String,
}

impl Project {
    #[must_use]
    pub fn of(root: &AbsPath) -> Self {
        let name = root.as_path().file_name().unwrap_or_default();
        Self { root: root.clone(), name: name.to_string_lossy().into_owned() }
    }

    fn hash(&self) -> [u8; 32] {
        *blake3::hash(self.root.to_string().as_bytes()).as_bytes()
    }
}

/// Something that was decided about a table or another entity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// Name of the table, bucket …
    pub entity: String,
    /// What was done: `add_table`, `change_policy`.
    pub act: String,
    /// The choice in a few words, made of names, types and policies: never of values.
    pub choice: String,
    /// Names of the columns that it is about.
    pub columns: Vec<String>,
    /// In the author's words; empty when he gave none.
    pub reason: String,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Applied,
    /// The data or the engine refused it.
    Failed,
    /// A review stopped it.
    Blocked,
    RolledBack,
}

impl Outcome {
    const ALL: [Self; 4] = [Self::Applied, Self::Failed, Self::Blocked, Self::RolledBack];

    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Failed => "failed",
            Self::Blocked => "blocked",
            Self::RolledBack => "rolled back",
        }
    }

    fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.word() == word)
    }
}

/// A kept decision with what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    pub id: i64,
    pub project: String,
    /// The migration that it was part of.
    pub migration: String,
    pub entity: String,
    pub act: String,
    pub choice: String,
    pub reason: String,
    pub outcome: Outcome,
    /// Why it ended so; empty when nobody said.
    pub why: String,
    pub at: Timestamp,
}

/// What to forget.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Forget {
    All,
    /// By its shown name.
    Project(String),
    Item(i64),
}

impl Memory {
    /// Opens the memory of this user, made now if there is none; `None` where there is no state folder.
    ///
    /// # Errors
    /// [`MemoryError`]: go on without it.
    pub fn open(system: &dyn System) -> Result<Option<Self>, MemoryError> {
        store::path(system).map(|path| store::open(system, &path)).transpose()
    }

    /// Opens the memory of this user if there is one.
    ///
    /// # Errors
    /// [`MemoryError`]: go on without it.
    pub fn find(system: &dyn System) -> Result<Option<Self>, MemoryError> {
        let path = store::path(system).filter(|it| system.exists(it));
        path.map(|path| store::open(system, &path)).transpose()
    }

    /// Where the memory of this user is, whether it is there or not.
    #[must_use]
    pub fn path(system: &dyn System) -> Option<AbsPath> {
        store::path(system)
    }
}

#[cfg(test)]
mod tests;
