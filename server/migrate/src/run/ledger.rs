//! The ledger: an append-only chain of what was applied and undone; pure.

use std::collections::BTreeMap;

/// 32 bytes in lower-case hexadecimal, or empty.
pub type Hash = String;

/// What a row of the ledger tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    Apply,
    /// The database held already what the migration describes; nothing was run.
    Baseline,
    Rollback,
}

impl Kind {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Baseline => "baseline",
            Self::Rollback => "rollback",
        }
    }

    pub(super) fn of_word(word: &str) -> Option<Self> {
        [Self::Apply, Self::Baseline, Self::Rollback].into_iter().find(|it| it.word() == word)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// The steps before [`Entry::steps_done`] are durable; the others wait to be resumed.
    Running,
    Done,
}

impl Status {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
        }
    }

    pub(super) fn of_word(word: &str) -> Option<Self> {
        [Self::Running, Self::Done].into_iter().find(|it| it.word() == word)
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From 1, without gaps.
    pub seq: i64,
    pub kind: Kind,
    pub name: String,
    pub spec_hash: Hash,
    /// Of the steps' statements.
    pub up_hash: Hash,
    /// Of the ways back.
    pub down_hash: Hash,
    /// [`Entry::hash`] of the row before; empty for the first.
    pub prev_hash: Hash,
    pub hash: Hash,
    /// Of the schema's DDL before and after, as the engine keeps it.
    pub schema_before: Hash,
    pub schema_after: Hash,
    pub engine_version: String,
    pub tool_version: String,
    /// Unix time in milliseconds.
    pub started_at_ms: i64,
    pub finished_at_ms: Option<i64>,
    pub status: Status,
    /// Path of the backup that was made right before.
    pub backup: Option<String>,
    pub n_steps: i64,
    pub steps_done: i64,
}

impl Entry {
    /// Over everything that never changes once the row is written: not what progress changes, and
    /// not the backup, which may be moved.
    #[must_use]
    pub fn hash_of(&self) -> Hash {
        let seq = self.seq.to_string();
        let (started, n_steps) = (self.started_at_ms.to_string(), self.n_steps.to_string());
        let fields = [
            "1",
            &seq,
            self.kind.word(),
            &self.name,
            &self.spec_hash,
            &self.up_hash,
            &self.down_hash,
            &self.prev_hash,
            &self.schema_before,
            &self.schema_after,
            &self.engine_version,
            &self.tool_version,
            &started,
            &n_steps,
        ];
        hash_of_texts(fields)
    }
}

/// Of texts with their lengths, so that moving bytes between them shows.
pub(super) fn hash_of_texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Hash {
    let mut hasher = blake3::Hasher::new();
    for it in texts {
        hasher.update(&(it.len() as u64).to_be_bytes());
        hasher.update(it.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// Of a spec's text. Line ends and blanks at the end of lines or of the text make no difference.
#[must_use]
pub fn hash_of_spec(text: &str) -> Hash {
    let lines: Vec<&str> = text.trim_end().lines().map(str::trim_end).collect();
    hash_of_texts([lines.join("\n").as_str()])
}

/// All rows of a database, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    pub entries: Vec<Entry>,
    /// The DDL of each schema that an entry names, by its hash.
    pub schemas: BTreeMap<Hash, String>,
}

impl Ledger {
    /// What is applied now, first to last: applied and not undone since.
    #[must_use]
    pub fn applied(&self) -> Vec<&Entry> {
        let mut out: Vec<&Entry> = Vec::new();
        for it in self.entries.iter().filter(|it| it.status == Status::Done) {
            match it.kind {
                Kind::Apply | Kind::Baseline => out.push(it),
                Kind::Rollback => {
                    out.pop_if(|last| last.name == it.name);
                }
            }
        }
        out
    }

    /// The entry that was not finished; there is one at most, the last.
    #[must_use]
    pub fn running(&self) -> Option<&Entry> {
        self.entries.last().filter(|it| it.status == Status::Running)
    }

    /// The hash that the next row follows.
    #[must_use]
    pub fn head(&self) -> Hash {
        self.entries.last().map(|it| it.hash.clone()).unwrap_or_default()
    }

    /// The DDL that the database has when nobody else changed it; `None` before the first run.
    #[must_use]
    pub fn expected_ddl(&self) -> Option<&str> {
        let last = self.entries.iter().rev().find(|it| it.status == Status::Done)?;
        self.schemas.get(&last.schema_after).map(String::as_str)
    }

    /// The first place where the chain does not hold.
    #[must_use]
    pub fn broken(&self) -> Option<Problem> {
        let (mut seq, mut prev) = (0, String::new());
        for it in &self.entries {
            if it.seq != seq + 1 {
                return Some(Problem::Gap { seq: seq + 1 });
            }
            if it.prev_hash != prev {
                return Some(Problem::Fork { seq: it.seq, name: it.name.clone() });
            }
            if it.hash != it.hash_of() {
                return Some(Problem::Changed { seq: it.seq, name: it.name.clone() });
            }
            (seq, prev) = (it.seq, it.hash.clone());
        }
        let is_altered = |(hash, ddl): (&Hash, &String)| *hash != hash_of_texts([ddl.as_str()]);
        self.schemas.iter().any(is_altered).then_some(Problem::SchemaText)
    }
}

/// A migration spec as far as the ledger is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpecRef<'a> {
    pub name: &'a str,
    pub hash: &'a str,
}

/// What does not fit between specs and ledger.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("`{name}` was edited after it was applied")]
    Edited { name: String },
    #[error("`{name}` is applied, and there is no such spec")]
    Missing { name: String },
    #[error("`{name}` comes before `{applied}`, which is applied already")]
    OutOfOrder { name: String, applied: String },
    #[error("`{first}` and `{second}` have the same number")]
    TwoHeads { first: String, second: String },
    #[error("row {seq} of the ledger is missing")]
    Gap { seq: i64 },
    #[error("row {seq} of the ledger (`{name}`) does not follow the one before it")]
    Fork { seq: i64, name: String },
    #[error("row {seq} of the ledger (`{name}`) was changed after it was written")]
    Changed { seq: i64, name: String },
    #[error("the ledger's copy of a schema was changed after it was written")]
    SchemaText,
    #[error("the steps of `{name}` in the ledger were changed after they were written")]
    ChangedSteps { name: String },
}

impl Problem {
    /// The spec that a diagnostic goes on; `None` for the ledger itself.
    #[must_use]
    pub fn spec(&self) -> Option<&str> {
        match self {
            Self::Edited { name } | Self::OutOfOrder { name, .. } => Some(name),
            Self::TwoHeads { second, .. } => Some(second),
            _ => None,
        }
    }

    /// What to do now.
    #[must_use]
    pub fn hint(&self) -> String {
        match self {
            Self::Edited { name } => {
                format!("undo the edit, or roll `{name}` back, and say the change in a new spec")
            }
            Self::Missing { name } => format!("restore `{name}.yaml`, or roll it back"),
            Self::OutOfOrder { name, applied } => {
                format!("give `{name}` a number after `{applied}`, or roll back to before it")
            }
            Self::TwoHeads { second, .. } => format!("give `{second}` the next free number"),
            Self::Gap { .. }
            | Self::Fork { .. }
            | Self::Changed { .. }
            | Self::ChangedSteps { .. }
            | Self::SchemaText => {
                "somebody wrote to the ledger; compare with a backup before you go on".to_owned()
            }
        }
    }
}

/// Holds the specs, in the order of their names, against the ledger.
///
/// Gives everything that does not fit, and the names that wait to be applied, in order.
#[must_use]
pub fn judge<'a>(specs: &[SpecRef<'a>], ledger: &Ledger) -> (Vec<Problem>, Vec<&'a str>) {
    let mut problems = Vec::from_iter(ledger.broken());
    for pair in specs.windows(2) {
        if number(pair[0].name).is_some() && number(pair[0].name) == number(pair[1].name) {
            let (first, second) = (pair[0].name.to_owned(), pair[1].name.to_owned());
            problems.push(Problem::TwoHeads { first, second });
        }
    }
    let applied = ledger.applied();
    for it in &applied {
        match specs.iter().find(|spec| spec.name == it.name) {
            None => problems.push(Problem::Missing { name: it.name.clone() }),
            Some(spec) if spec.hash != it.spec_hash => {
                problems.push(Problem::Edited { name: it.name.clone() });
            }
            Some(_) => {}
        }
    }
    let is_applied = |name: &str| applied.iter().any(|it| it.name == name);
    let pending: Vec<&str> = specs.iter().map(|it| it.name).filter(|it| !is_applied(it)).collect();
    let place = |name: &str| specs.iter().position(|it| it.name == name);
    for name in &pending {
        let later =
            applied.iter().find(|it| place(&it.name).is_some_and(|it| Some(it) > place(name)));
        if let Some(it) = later {
            let (name, applied) = ((*name).to_owned(), it.name.clone());
            problems.push(Problem::OutOfOrder { name, applied });
        }
    }
    (problems, pending)
}

/// The digits at the start of a name, without leading zeros.
fn number(name: &str) -> Option<&str> {
    let end = name.find(|it: char| !it.is_ascii_digit()).unwrap_or(name.len());
    (end > 0).then(|| name[..end].trim_start_matches('0'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    pub(crate) fn entry(seq: i64, kind: Kind, name: &str, prev: &Hash) -> Entry {
        let mut out = Entry {
            seq,
            kind,
            name: name.to_owned(),
            spec_hash: hash_of_spec(name),
            up_hash: String::new(),
            down_hash: String::new(),
            prev_hash: prev.clone(),
            hash: String::new(),
            schema_before: String::new(),
            schema_after: String::new(),
            engine_version: "3.54.1".to_owned(),
            tool_version: "0.1.0".to_owned(),
            started_at_ms: 1,
            finished_at_ms: Some(2),
            status: Status::Done,
            backup: None,
            n_steps: 3,
            steps_done: 3,
        };
        out.hash = out.hash_of();
        out
    }

    /// `+name` applies, `-name` rolls back.
    fn ledger(acts: &str) -> Ledger {
        let mut out = Ledger::default();
        for (seq, act) in (1..).zip(acts.split_whitespace()) {
            let kind = if act.starts_with('+') { Kind::Apply } else { Kind::Rollback };
            let head = out.head();
            out.entries.push(entry(seq, kind, &act[1..], &head));
        }
        out
    }

    /// A spec `name!` was edited.
    fn check(acts: &str, specs: &str, expect: Expect) {
        let specs: Vec<(String, Hash)> = specs
            .split_whitespace()
            .map(|it| (it.trim_end_matches('!').to_owned(), hash_of_spec(it)))
            .collect();
        let refs: Vec<SpecRef<'_>> =
            specs.iter().map(|(name, hash)| SpecRef { name, hash }).collect();
        let (problems, pending) = judge(&refs, &ledger(acts));
        let problems: String = problems.iter().map(|it| format!("{it}\n")).collect();
        expect.assert_eq(&format!("{problems}pending: {}", pending.join(", ")));
    }

    #[test]
    fn what_is_applied_and_unchanged_leaves_the_rest_pending() {
        check("+0001_a +0002_b", "0001_a 0002_b 0003_c", expect!["pending: 0003_c"]);
    }

    #[test]
    fn what_was_rolled_back_is_pending_again() {
        check("+0001_a +0002_b -0002_b", "0001_a 0002_b", expect!["pending: 0002_b"]);
    }

    #[test]
    fn an_edited_spec_is_told() {
        check(
            "+0001_a",
            "0001_a! 0002_b",
            expect![[r#"
            `0001_a` was edited after it was applied
            pending: 0002_b"#]],
        );
    }

    #[test]
    fn reordered_missing_and_forked_specs_are_told() {
        check(
            "+0001_a +0003_c +0004_d",
            "0001_a 0002_b 0003_c 0003_e",
            expect![[r#"
            `0003_c` and `0003_e` have the same number
            `0004_d` is applied, and there is no such spec
            `0002_b` comes before `0003_c`, which is applied already
            pending: 0002_b, 0003_e"#]],
        );
    }

    #[test]
    fn any_change_of_a_row_breaks_the_chain() {
        let sound = ledger("+0001_a +0002_b -0002_b");
        assert_eq!(sound.broken(), None);
        type Edit = fn(&mut Ledger);
        let edits: [(Edit, &str); 6] = [
            (|it| it.entries[1].name.push('x'), "was changed"),
            (|it| it.entries[1].spec_hash.push('0'), "was changed"),
            (|it| it.entries[1].n_steps = 2, "was changed"),
            (|it| drop(it.entries.remove(1)), "row 2 of the ledger is missing"),
            (|it| it.entries[2].prev_hash = it.entries[0].hash.clone(), "does not follow"),
            (
                |it| {
                    it.entries[1].name.push('x');
                    it.entries[1].hash = it.entries[1].hash_of();
                },
                "row 3 of the ledger (`0002_b`) does not follow",
            ),
        ];
        for (edit, expect) in edits {
            let mut ledger = sound.clone();
            edit(&mut ledger);
            let found = ledger.broken().map(|it| it.to_string()).unwrap_or_default();
            assert!(found.contains(expect), "{found} lacks {expect}");
        }
    }

    #[test]
    fn line_ends_make_no_difference_to_a_spec() {
        assert_eq!(hash_of_spec("a: 1\r\nb: 2 \n\n"), hash_of_spec("a: 1\nb: 2"));
        assert_ne!(hash_of_spec("a: 1"), hash_of_spec("a: 2"));
    }
}
