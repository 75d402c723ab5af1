//! What is reviewed, and what identifies it.

use crate::sql;
use migrate::plan::{Back, Dialect, Plan, Transaction};
use model::SubjectKind;

/// A change, with all that its reviewers may look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub kind: SubjectKind,
    /// The engine that will run its SQL.
    pub dialect: Dialect,
    pub parts: Vec<Part>,
    /// Whether who runs the change begins and ends its transactions, which its texts do not show.
    pub is_planned: bool,
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
    /// SQL that makes the schema of before, or resources as they were declared; without it nothing is
    /// known of what was there.
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
    /// Names of tables that came from an existing database, one a line.
    Imported,
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
            Self::Imported => "imported",
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
        Self { kind: SubjectKind::MigrationPlan, dialect, parts, is_planned: false }
    }

    /// A plan over the schema that `base` makes: its statements in their transactions, and its way
    /// back as far as there is one.
    #[must_use]
    pub fn of_plan(base: &str, plan: &Plan) -> Self {
        let mut up = String::new();
        let mut open = None;
        for step in &plan.steps {
            let segment = match step.transaction {
                Transaction::Segment(number) => Some(number),
                Transaction::Outside => None,
            };
            if segment != open {
                up += if open.is_some() { "commit;\n" } else { "" };
                up += if segment.is_some() { "begin;\n" } else { "" };
                open = segment;
            }
            up += step.sql.trim_end();
            up.push('\n');
        }
        up += if open.is_some() { "commit;\n" } else { "" };
        let back = plan.steps.iter().rev().filter_map(|it| match &it.back {
            Back::Exact(sql) | Back::Lossy { sql, .. } => Some(sql.trim_end()),
            Back::None { .. } | Back::NotNeeded => None,
        });
        let down: Vec<&str> = back.collect();
        let down = (!down.is_empty()).then(|| down.join("\n"));
        Self::of_migration(plan.dialect, base, &up, down.as_deref())
    }

    /// Declared resources, as `before` declared them and as the file `name` does now.
    #[must_use]
    pub fn of_resources(before: &str, name: &str, after: &str) -> Self {
        let part = |kind: PartKind, name: &str, text: &str| {
            let (name, text) = (name.to_owned(), text.to_owned());
            Part { kind, name, text }
        };
        let base = PartKind::Base;
        let parts = vec![part(base, base.word(), before), part(PartKind::Resources, name, after)];
        let kind = SubjectKind::ResourceChange;
        Self { kind, dialect: Dialect::Postgres, parts, is_planned: false }
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

    fn of_change(from: &str, to: &str) -> model::Review {
        use migrate::sqlite::{Capabilities, catalog_of_sql, plan};
        let (before, after) = (catalog_of_sql(from), catalog_of_sql(to));
        let (before, after) = (before.expect("it runs"), after.expect("it runs"));
        let planned = plan(&before, &after, &Default::default(), Capabilities::PORTABLE);
        let subject = Subject::of_plan(from, &planned.expect("it can be planned"));
        let panel = crate::deterministic();
        let panel: Vec<_> = panel.iter().map(AsRef::as_ref).collect();
        crate::review(&subject, &panel, &system::TestSystem::new())
    }

    /// A rebuild keeps rows, indexes and what refers to it: nothing is held against a plan for it.
    #[test]
    fn plans_of_ours_pass_unless_data_goes() {
        let from = "create table p (id integer primary key, n text, m text);
            create index p_n on p (n);
            create table c (id integer primary key, p_id integer references p (id) on delete cascade);";
        let to = from.replace("n text,", "n text not null default '',");
        let review = of_change(from, &to);
        assert_eq!(review.verdict, model::Verdict::Pass, "{:?}", review.findings);
        let to = from.replace(", m text", "");
        let review = of_change(from, &to);
        assert_eq!(review.verdict, model::Verdict::Block, "{:?}", review.findings);
    }

    #[test]
    fn dialects_are_told_apart() {
        let of = |text: &str| {
            let subject = Subject::of_migration(Dialect::Postgres, "", text, None);
            dialect_of(&subject.parts)
        };
        assert_eq!(of("pragma foreign_keys = off;"), Dialect::Sqlite);
        assert_eq!(of("create table t (id integer primary key autoincrement);"), Dialect::Sqlite);
        assert_eq!(of("alter table t add column n text;"), Dialect::Postgres);
        assert_eq!(of("create index concurrently on t (n);"), Dialect::Postgres);
    }

    #[test]
    fn parts_that_are_cut_elsewhere_are_another_subject() {
        let subject = |base, up| Subject::of_migration(Dialect::Postgres, base, up, None);
        assert_eq!(subject("a", "b").hash(), subject("a", "b").hash());
        assert_ne!(subject("a", "bc").hash(), subject("ab", "c").hash());
        assert_eq!(subject("a", "b").base_hash(), subject("a", "c").base_hash());
    }
}
