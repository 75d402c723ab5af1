//! What is reviewed, and what identifies it.

use crate::sql;
use migrate::plan::Dialect;
use model::SubjectKind;

/// A change, with all that its reviewers may look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub kind: SubjectKind,
    /// The engine that will run its SQL.
    pub dialect: Dialect,
    pub parts: Vec<Part>,
}

/// One text of a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub kind: PartKind,
    /// A path below the workspace, or the kind's word; findings name it.
    pub name: String,
    pub text: String,
}

/// What a part's text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PartKind {
    /// SQL that makes the schema of before; without it nothing is known of what was there.
    Base,
    /// SQL of the change.
    Migration,
    /// SQL of the way back.
    Down,
    /// A text that asks for the change.
    Spec,
    /// Declared resources.
    Resources,
    Diff,
}

impl PartKind {
    /// The word used in JSON and docs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Migration => "migration",
            Self::Down => "down",
            Self::Spec => "spec",
            Self::Resources => "resources",
            Self::Diff => "diff",
        }
    }
}

impl Subject {
    /// A migration in SQL over the schema that `base` makes.
    #[must_use]
    pub fn of_migration(dialect: Dialect, base: &str, migration: &str, down: Option<&str>) -> Self {
        let part = |kind: PartKind, text: &str| Part {
            kind,
            name: kind.word().to_owned(),
            text: text.to_owned(),
        };
        let mut parts = vec![part(PartKind::Base, base), part(PartKind::Migration, migration)];
        parts.extend(down.map(|it| part(PartKind::Down, it)));
        Self { kind: SubjectKind::MigrationPlan, dialect, parts }
    }

    /// The first text of that kind; empty when there is none.
    #[must_use]
    pub fn text(&self, kind: PartKind) -> &str {
        self.part(kind).map_or("", |it| &it.text)
    }

    /// The first part of that kind.
    #[must_use]
    pub fn part(&self, kind: PartKind) -> Option<&Part> {
        self.parts.iter().find(|it| it.kind == kind)
    }

    /// Identifies the change: equal for equal kind, engine and parts.
    #[must_use]
    pub fn hash(&self) -> String {
        hash(self, |_| true)
    }

    /// Identifies what the change starts from.
    #[must_use]
    pub fn base_hash(&self) -> String {
        hash(self, |it| it.kind == PartKind::Base)
    }
}

fn hash(subject: &Subject, is_in: impl Fn(&Part) -> bool) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut field = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    field("specwright council subject 1");
    field(subject.kind.word());
    field(subject.dialect.word());
    for part in subject.parts.iter().filter(|it| is_in(it)) {
        field(part.kind.word());
        field(&part.name);
        field(&part.text);
    }
    hasher.finalize().to_hex().to_string()
}

/// The dialect that texts are in, told by words that only one of the two has, and else by which of
/// them can read the migration; PostgreSQL when both can.
#[must_use]
pub fn dialect_of(parts: &[Part]) -> Dialect {
    const SQLITE: [&str; 4] = ["pragma ", "autoincrement", "without rowid", "datetime('now')"];
    let texts = parts.iter().filter(|it| matches!(it.kind, PartKind::Base | PartKind::Migration));
    let mut texts = texts.map(|it| it.text.to_lowercase());
    let migration = parts.iter().find(|it| it.kind == PartKind::Migration);
    let reads = |dialect| migration.is_some_and(|it| sql::statements(dialect, &it.text).is_ok());
    let has_words = texts.any(|text| SQLITE.iter().any(|it| text.contains(it)));
    let is_sqlite = reads(Dialect::Sqlite) && (has_words || !reads(Dialect::Postgres));
    if is_sqlite { Dialect::Sqlite } else { Dialect::Postgres }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_are_cut_elsewhere_are_another_subject() {
        let subject = |base, up| Subject::of_migration(Dialect::Postgres, base, up, None);
        assert_eq!(subject("a", "b").hash(), subject("a", "b").hash());
        assert_ne!(subject("a", "bc").hash(), subject("ab", "c").hash());
        assert_eq!(subject("a", "b").base_hash(), subject("a", "c").base_hash());
    }
}
