//! Runs a plan on an empty shadow of its start: there, planning again, back, and there once more.

mod parts;

use crate::plan::{Back, Change, Plan, Refusal, Renames, Step, Transaction};
use crate::sqlite::catalog::Catalog;
use crate::sqlite::planner::{Capabilities, plan};
use crate::sqlite::read::{ReadError, read_definitions};
use crate::sqlite::shadow::{definitions, message, shadow_of};
use rusqlite::Connection;

/// Why a plan must not be run: on a shadow it did not do what it was made for.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    #[error("make the shadow: {message}")]
    Shadow { message: String },
    #[error("run the {way}, step {index}: {message}")]
    Step { way: &'static str, index: usize, message: String, sql: String },
    #[error("the {way} ends in another schema: {}", differences.join("; "))]
    Different { way: &'static str, differences: Vec<String> },
    #[error("planning again is not empty")]
    NotEmpty,
    #[error("plan again")]
    Replan(#[from] Refusal),
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Proves that a plan leads from `from` to `to`, that planning again is empty then, that its way
/// back gives the start again, and that it leads there from that once more.
///
/// # Errors
/// The first thing that is not as it must be. Nothing but shadows was changed.
pub fn prove(
    from: &Catalog,
    to: &Catalog,
    of: &Plan,
    engine: Capabilities,
) -> Result<(), ProofError> {
    let shadow = |it: &Catalog| shadow_of(it);
    let trial = Trial {
        start: from,
        probed: Some(from),
        wanted: Some(to),
        steps: &of.steps,
        engine,
        own: None,
        shadow: &shadow,
    };
    trial.run().map(drop)
}

/// A plan on its way to be proven.
#[derive(Clone, Copy)]
pub(crate) struct Trial<'a> {
    pub(crate) start: &'a Catalog,
    /// The same as `start`, where it is known which of its views and triggers work.
    pub(crate) probed: Option<&'a Catalog>,
    /// What it must end in; `None` where SQL of an author decides that.
    pub(crate) wanted: Option<&'a Catalog>,
    pub(crate) steps: &'a [Step],
    pub(crate) engine: Capabilities,
    /// What has a name that starts like this is no part of a schema.
    pub(crate) own: Option<&'static str>,
    /// Makes a database in memory with a schema and no rows.
    pub(crate) shadow: &'a (dyn Fn(&Catalog) -> rusqlite::Result<Connection> + Sync),
}

impl Trial<'_> {
    /// What the plan ends in.
    ///
    /// # Errors
    /// As [`prove`].
    pub(crate) fn run(&self) -> Result<Catalog, ProofError> {
        // What is wrong in a part is told in the order of the whole.
        self.in_parts().map_or_else(|| self.whole(), Ok)
    }

    /// The same on one shadow of all there is.
    pub(in crate::sqlite) fn whole(&self) -> Result<Catalog, ProofError> {
        let failed = |it: rusqlite::Error| ProofError::Shadow { message: message(&it) };
        let db = (self.shadow)(self.start).map_err(failed)?;
        run(&db, self.steps, "way there")?;
        let reached = self.read(&db)?;
        if let Some(wanted) = self.wanted {
            expect("way there", &reached, wanted)?;
            if !plan(&reached, wanted, &Renames::default(), self.engine)?.steps.is_empty() {
                return Err(ProofError::NotEmpty);
            }
        }
        if self.steps.iter().any(|it| matches!(it.back, Back::None { .. })) {
            return Ok(reached);
        }
        run(&db, &backwards(self.steps), "way back")?;
        let back = self.read(&db)?;
        expect("way back", &back, self.start)?;
        if !(self.changes_definitions_only() && is_literal(&back, self.start)) {
            run(&db, self.steps, "second way there")?;
            expect("second way there", &self.read(&db)?, &reached)?;
        }
        Ok(reached)
    }

    /// Whether the steps leave neither rows nor settings behind: from a start that is given back to
    /// the letter they then lead where they have led before.
    fn changes_definitions_only(&self) -> bool {
        let is_other = |it: &Change| matches!(it, Change::Raw(_) | Change::WriteRows(_));
        self.steps.iter().all(|it| {
            it.transaction != Transaction::Outside
                && !it.changes.is_empty()
                && !it.changes.iter().any(is_other)
        })
    }

    fn read(&self, db: &Connection) -> Result<Catalog, ReadError> {
        let mut out = read_definitions(db)?;
        if let Some(own) = self.own {
            out.forget(own);
        }
        Ok(out)
    }
}

/// Whether both have the same definitions to the letter, in whatever order.
fn is_literal(a: &Catalog, b: &Catalog) -> bool {
    let sorted = |it| {
        let mut out: Vec<&str> = definitions(it).collect();
        out.sort_unstable();
        out
    };
    sorted(a) == sorted(b)
}

/// The steps that undo `steps`, in the order in which they run.
pub(crate) fn backwards(steps: &[Step]) -> Vec<Step> {
    let back = |it: &Step| {
        let sql = match &it.back {
            Back::Exact(sql) | Back::Lossy { sql, .. } => sql.clone(),
            Back::None { .. } | Back::NotNeeded => return None,
        };
        Some(Step { sql, back: Back::NotNeeded, ..it.clone() })
    };
    steps.iter().rev().filter_map(back).collect()
}

fn run(db: &Connection, steps: &[Step], way: &'static str) -> Result<(), ProofError> {
    run_steps(db, steps).map_err(|(index, error)| ProofError::Step {
        way,
        index: index + 1,
        message: message(&error),
        sql: steps.get(index).map(|it| it.sql.clone()).unwrap_or_default(),
    })
}

/// Runs steps in their transactions; a failure rolls the segment back and is told with its index.
pub(crate) fn run_steps(db: &Connection, steps: &[Step]) -> Result<(), (usize, rusqlite::Error)> {
    if run_open(db, steps)? {
        let commit = db.execute_batch("COMMIT").map_err(|it| (steps.len() - 1, it));
        commit.inspect_err(|_| roll_back(db))?;
    }
    Ok(())
}

/// Runs steps as [`run_steps`] does, and rolls the last transaction back when `look` has seen what it
/// did. What runs behind it, outside of transactions, is left out.
pub(crate) fn try_steps<T>(
    db: &Connection,
    steps: &[Step],
    look: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> Result<T, (usize, rusqlite::Error)> {
    let last = steps.iter().rposition(|it| it.transaction != Transaction::Outside);
    let last = last.unwrap_or_default();
    run_open(db, &steps[..=last])?;
    let seen = look(db).map_err(|it| (last, it));
    roll_back(db);
    seen
}

/// Runs steps in their transactions; whether the last one is still open.
fn run_open(db: &Connection, steps: &[Step]) -> Result<bool, (usize, rusqlite::Error)> {
    let mut open: Option<u32> = None;
    let attempt = |index: usize, sql: &str| db.execute_batch(sql).map_err(|it| (index, it));
    for (index, step) in steps.iter().enumerate() {
        let wanted = match step.transaction {
            Transaction::Segment(number) => Some(number),
            Transaction::Outside => None,
        };
        if open.is_some() && open != wanted {
            attempt(index, "COMMIT").inspect_err(|_| roll_back(db))?;
            open = None;
        }
        if wanted.is_some() && open.is_none() {
            attempt(index, "BEGIN IMMEDIATE")?;
            open = wanted;
        }
        attempt(index, &step.sql).inspect_err(|_| roll_back(db))?;
    }
    Ok(open.is_some())
}

fn roll_back(db: &Connection) {
    if !db.is_autocommit() {
        // A full disk may have rolled back already; there is nothing more to do about a failure.
        let _ = db.execute_batch("ROLLBACK");
    }
}

fn expect(way: &'static str, found: &Catalog, wanted: &Catalog) -> Result<(), ProofError> {
    if found == wanted {
        return Ok(());
    }
    Err(ProofError::Different { way, differences: differences(found, wanted) })
}

/// What differs, by name.
pub(crate) fn differences(found: &Catalog, wanted: &Catalog) -> Vec<String> {
    let mut out = Vec::new();
    let mut of = |kind: &str, found: Vec<(&str, String)>, wanted: Vec<(&str, String)>| {
        for (name, it) in &wanted {
            match found.iter().find(|(other, _)| other == name) {
                None => out.push(format!("{kind} `{name}` is missing")),
                Some((_, other)) if other != it => {
                    out.push(format!("{kind} `{name}` is {other}, not {it}"));
                }
                Some(_) => {}
            }
        }
        let is_extra = |name: &str| wanted.iter().all(|(it, _)| *it != name);
        let extra = found.iter().filter(|(name, _)| is_extra(name));
        out.extend(extra.map(|(name, _)| format!("{kind} `{name}` is left over")));
    };
    macro_rules! list {
        ($catalog:ident . $field:ident) => {
            $catalog.$field.iter().map(|it| (it.name.as_str(), format!("{it:?}"))).collect()
        };
    }
    let equal = |a: &Catalog| -> Catalog {
        // Only what differs is told.
        let mut a = a.clone();
        a.tables.retain(|it| !(found.tables.contains(it) && wanted.tables.contains(it)));
        a.views.retain(|it| !(found.views.contains(it) && wanted.views.contains(it)));
        a.triggers.retain(|it| !(found.triggers.contains(it) && wanted.triggers.contains(it)));
        a
    };
    let (found, wanted) = (equal(found), equal(wanted));
    of("table", list!(found.tables), list!(wanted.tables));
    of("view", list!(found.views), list!(wanted.views));
    of("trigger", list!(found.triggers), list!(wanted.triggers));
    out
}
