//! Which run a proof is about: the part of the audit chain, and the checkpoints around it.

use super::super::{CommandCx, CommandError, checkpoints, store};
use catalog::{AuditEntry, Catalog};
use checkpoint::{Checkpoints, Kind, Record};
use model::Timestamp;

/// Acts that are runs, with their kinds.
const RUNS: [(&str, &str); 6] = [
    ("migrate.apply", "migration"),
    ("migrate.rollback", "rollback"),
    ("forge.provision", "provision"),
    ("schema.promote", "promotion"),
    ("schema.apply", "schema"),
    ("rollback", "rollback"),
];
/// A longer part of the chain is asked to be told in pieces.
const N_ENTRIES_MAX: usize = 5_000;

/// One run.
pub(crate) struct Span {
    /// `migration`, `rollback`, `provision`, `promotion`, `schema` or `range`.
    pub(crate) kind: &'static str,
    /// The act; empty for a range.
    pub(crate) name: String,
    /// From the first to the last, without gaps.
    pub(crate) entries: Vec<AuditEntry>,
    /// What the chain tells before.
    pub(crate) earlier: Vec<AuditEntry>,
    /// What the chain tells since.
    pub(crate) later: Vec<AuditEntry>,
    pub(crate) started: Timestamp,
    /// `None` for one that nobody has ended.
    pub(crate) ended: Option<Timestamp>,
    pub(crate) before: Option<Record>,
    pub(crate) after: Option<Record>,
}

/// How a user names a run.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Named<'a> {
    /// An entry of it.
    pub(crate) run: Option<u32>,
    /// An entry or a checkpoint.
    pub(crate) from: Option<&'a str>,
    pub(crate) to: Option<&'a str>,
}

impl Span {
    /// The entry that tells what was intended; `None` for an act that has none, and for a range.
    pub(crate) fn intent(&self) -> Option<&AuditEntry> {
        self.entries.iter().find(|it| it.action == format!("{}.intent", self.name))
    }

    /// The entry that tells how it ended.
    pub(crate) fn outcome(&self) -> Option<&AuditEntry> {
        self.entries.iter().rev().find(|it| it.action == format!("{}.outcome", self.name))
    }

    /// Finds what a user names: the last run when nothing is named.
    pub(crate) fn find(
        cx: &CommandCx<'_>,
        catalog: &Catalog,
        named: Named<'_>,
    ) -> Result<Self, CommandError> {
        let all = checkpoints::open(cx, None)?;
        let entries = catalog.audit_after(0, u32::MAX).map_err(|it| store::failed(&it))?;
        let span = match (named.run, named.from, named.to) {
            (Some(_), Some(_), _) | (Some(_), _, Some(_)) => {
                let error = CommandError::user("prove a run and a range");
                return Err(error.hint("give `run`, or `from` and `to`"));
            }
            (run, None, None) => of_run(entries, run)?,
            (None, from, to) => of_range(&all, entries, from, to)?,
        };
        if span.entries.len() > N_ENTRIES_MAX {
            let n = span.entries.len();
            let error = CommandError::user(format!("prove {n} entries of the audit chain at once"));
            return Err(error.hint(format!("at most {N_ENTRIES_MAX}: name a smaller range")));
        }
        span.with_checkpoints(&all)
    }

    /// Adds the checkpoints made right before and after, unless the range named them.
    fn with_checkpoints(mut self, all: &Checkpoints<'_>) -> Result<Self, CommandError> {
        if self.kind == "range" {
            return Ok(self);
        }
        let list = all.list().map_err(|it| checkpoints::failed(&it))?;
        let told = self.outcome().and_then(|it| it.detail.rsplit_once("undone by "));
        let told = told.map(|it| it.1.to_owned());
        let label = format!("before {}", self.name);
        // Nothing of the chain lies between the checkpoint and the intent of its run.
        let intent = self.intent().map_or(0, |it| it.seq);
        let last = self.entries.iter().take_while(|it| it.seq < intent).last();
        let last = last.or(self.earlier.last());
        let earliest = last.map_or(Timestamp(0), |it| it.at);
        let is_before = |it: &&Record| match &told {
            Some(id) => it.id.as_str() == id,
            None => {
                let is_then = (earliest..=self.started).contains(&it.at);
                it.kind == Kind::Automatic && it.label.starts_with(&label) && is_then
            }
        };
        let before = list.iter().find(is_before).cloned();
        let next = list.iter().rev().find(|it| self.ended.is_some_and(|end| it.at >= end));
        let is_later = |it: &&Record| before.as_ref().is_some_and(|before| it.seq > before.seq);
        self.after = next.filter(is_later).cloned();
        self.before = before;
        Ok(self)
    }
}

/// The run that holds the entry `number`, or the last one.
fn of_run(mut entries: Vec<AuditEntry>, number: Option<u32>) -> Result<Span, CommandError> {
    let none = |what: String| {
        CommandError::user(what).hint(
            "`specwright audit log` lists entries; `--from` and `--to` name a range of them or of checkpoints",
        )
    };
    let named = |it: &AuditEntry| {
        RUNS.iter().find(|(name, _)| {
            let rest = it.action.strip_prefix(name);
            matches!(rest, Some(".intent" | ".outcome"))
        })
    };
    let at = match number {
        None => entries.iter().rposition(|it| named(it).is_some()),
        Some(number) => entries.iter().position(|it| it.seq == i64::from(number)),
    };
    let at = at.ok_or_else(|| {
        none(match number {
            None => "prove the last run: the audit chain tells of none".to_owned(),
            Some(number) => format!("prove the run of entry {number}: there is no such entry"),
        })
    })?;
    let Some((name, kind)) = named(&entries[at]).copied() else {
        let (seq, action) = (entries[at].seq, &entries[at].action);
        return Err(none(format!("prove the run of entry {seq}: `{action}` is none")));
    };
    let subject = entries[at].subject.clone();
    let is = |it: &AuditEntry, word: &str| {
        it.action == format!("{name}.{word}") && (it.subject == subject || name == "rollback")
    };
    let (intent, outcome) = if is(&entries[at], "intent") {
        let next = entries[at + 1..].iter().position(|it| is(it, "outcome") || is(it, "intent"));
        let outcome = next.map(|it| at + 1 + it).filter(|it| is(&entries[*it], "outcome"));
        (Some(at), outcome)
    } else {
        let before = entries[..at].iter().rposition(|it| is(it, "intent") || is(it, "outcome"));
        (before.filter(|it| is(&entries[*it], "intent")), Some(at))
    };
    let (core, last) = (intent.unwrap_or(at), outcome.unwrap_or(entries.len() - 1));
    // What the council said and was told, right before.
    let is_council = |it: &AuditEntry| it.action.starts_with("council.");
    let n_before = entries[..core].iter().rev().take_while(|it| is_council(it)).count();
    let started = entries[core].at;
    let ended = outcome.map(|it| entries[it].at);
    let first = core - n_before;
    let later = entries.split_off(last + 1);
    let own = entries.split_off(first);
    let (name, before, after) = (name.to_owned(), None, None);
    Ok(Span { kind, name, entries: own, earlier: entries, later, started, ended, before, after })
}

/// Everything between two moments, each an entry's or a checkpoint's; the ends when left out.
fn of_range(
    all: &Checkpoints<'_>,
    mut entries: Vec<AuditEntry>,
    from: Option<&str>,
    to: Option<&str>,
) -> Result<Span, CommandError> {
    let (from, before) = moment(all, &entries, from)?;
    let (to, after) = moment(all, &entries, to)?;
    let is_in = |it: &AuditEntry| {
        from.is_none_or(|from| from.holds_from(it)) && to.is_none_or(|to| to.holds_to(it))
    };
    let first = entries.iter().position(is_in);
    let last = entries.iter().rposition(is_in);
    let (Some(first), Some(last)) = (first, last) else {
        let error = CommandError::user("prove a range: the audit chain tells of nothing in it");
        return Err(error.hint("`specwright audit log` lists entries with their times"));
    };
    let later = entries.split_off(last + 1);
    let own = entries.split_off(first);
    let (started, ended) = (own[0].at, own.last().map(|it| it.at));
    let (kind, name, earlier) = ("range", String::new(), entries);
    Ok(Span { kind, name, entries: own, earlier, later, started, ended, before, after })
}

/// An end of a range.
#[derive(Clone, Copy)]
enum Moment {
    Entry(i64),
    At(Timestamp),
}

impl Moment {
    fn holds_from(self, it: &AuditEntry) -> bool {
        match self {
            Self::Entry(seq) => it.seq >= seq,
            Self::At(at) => it.at >= at,
        }
    }

    fn holds_to(self, it: &AuditEntry) -> bool {
        match self {
            Self::Entry(seq) => it.seq <= seq,
            Self::At(at) => it.at <= at,
        }
    }
}

fn moment(
    all: &Checkpoints<'_>,
    entries: &[AuditEntry],
    text: Option<&str>,
) -> Result<(Option<Moment>, Option<Record>), CommandError> {
    let Some(text) = text else { return Ok((None, None)) };
    // Ids of checkpoints have letters, but the first letters of one may be digits alone.
    if let Ok(seq) = text.parse::<i64>()
        && entries.iter().any(|it| it.seq == seq)
    {
        return Ok((Some(Moment::Entry(seq)), None));
    }
    let record = all.find(text).map_err(|it| {
        let message =
            format!("{}, and no entry of the audit chain is so called", crate::error_chain(&it));
        CommandError::user(message)
            .hint("`specwright checkpoint list` and `specwright audit log` name all")
    })?;
    Ok((Some(Moment::At(record.at)), Some(record)))
}
