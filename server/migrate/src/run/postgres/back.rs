//! Undoes migrations by the ways back that the ledger keeps.

use super::copies::{self, Extent};
use super::{Promoter, engine, ledger, live, shadow, trial};
use crate::plan::{Back, Part, Transaction};
use crate::postgres::catalog::Catalog;
use crate::postgres::plan::plan;
use crate::run::error::RunError;
use crate::run::ledger::{Entry, Kind, Status};
use crate::run::look::BackPreview;
use crate::run::sqlite::{StoredStep, Undo, undo_of};

/// How one migration was undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undone {
    pub name: String,
    /// The copies that lost data was restored from.
    pub restored_from: Option<String>,
    /// The whole database as it was before the rollback.
    pub backup: Option<String>,
    /// Copies of what the rollback drops, where there is no other backup.
    pub copies: Vec<String>,
}

/// The statements that undo an entry.
struct WayBack {
    steps: Vec<StoredStep>,
    /// Names of the copies that data comes from.
    sources: Vec<String>,
}

impl Promoter<'_> {
    /// Undoes migrations, last first; a run that was interrupted counts as the last.
    ///
    /// # Errors
    /// [`RunError::NoWayBack`] before anything is undone.
    pub fn roll_back(&mut self, undo: &Undo) -> Result<Vec<Undone>, RunError> {
        let entries = self.undoable(undo)?;
        let backup = self.dump()?;
        entries.iter().map(|it| self.undo_entry(it, backup.as_deref())).collect()
    }

    /// What a rollback would do; changes nothing.
    ///
    /// # Errors
    /// As [`Promoter::roll_back`].
    pub fn preview_back(&mut self, undo: &Undo) -> Result<Vec<BackPreview>, RunError> {
        let entries = self.undoable(undo)?;
        let mut now = live(&mut self.client)?;
        let mut out = Vec::new();
        for entry in &entries {
            let way = self.way_back(entry)?;
            let before = self.catalog_before(entry)?;
            let loses = lost(&now, &before)?;
            let loses = loses.iter().map(|it| self.counted(it)).collect::<Result<_, _>>()?;
            out.push(BackPreview {
                name: entry.name.clone(),
                steps: way.steps.into_iter().map(|it| it.sql).collect(),
                restored_from: joined(&way.sources),
                loses,
            });
            now = before;
        }
        Ok(out)
    }

    /// The entries, each of which has a way back.
    fn undoable(&mut self, undo: &Undo) -> Result<Vec<Entry>, RunError> {
        let entries: Vec<Entry> = undo_of(&self.ledger, undo)?.into_iter().cloned().collect();
        if self.ledger.running().is_none() {
            let live = live(&mut self.client)?;
            self.load_expected(&live)?;
        }
        for it in &entries {
            self.way_back(it)?;
        }
        Ok(entries)
    }

    /// Undoes what has just been run and did not end as it should.
    pub(super) fn undo(&mut self, entry: &Entry) -> Result<(), RunError> {
        self.ledger = ledger::load(&mut self.client)?;
        let now = self.ledger.running().filter(|it| it.seq == entry.seq).cloned();
        let entry = now.ok_or(RunError::Moved)?;
        self.undo_entry(&entry, None).map(drop)
    }

    fn undo_entry(&mut self, entry: &Entry, backup: Option<&str>) -> Result<Undone, RunError> {
        let WayBack { mut steps, sources } = self.way_back(entry)?;
        let before = self.catalog_before(entry)?;
        let mut copies = Vec::new();
        if self.backups.extent() == Extent::Touched && entry.status == Status::Done {
            let lost = lost(&live(&mut self.client)?, &before)?;
            let mut tables: Vec<&str> = lost.iter().map(|it| it.table.as_str()).collect();
            tables.sort_unstable();
            tables.dedup();
            let seq = self.next_seq();
            let made = tables.iter().map(|it| copies::whole(seq, it, Transaction::Segment(0)));
            let made: Vec<(String, StoredStep)> = made.collect();
            copies = made.iter().map(|it| it.0.clone()).collect();
            steps.splice(0..0, made.into_iter().map(|it| it.1));
        }
        let scripts = [self.script_of(&entry.schema_after)?, self.script_of(&entry.schema_before)?];
        let what = (Kind::Rollback, entry.name.as_str(), entry.spec_hash.as_str());
        let written =
            self.written(what, &steps, [scripts[0].as_str(), scripts[1].as_str()], backup)?;
        self.finish(&written, &steps, &before)?;
        Ok(Undone {
            name: entry.name.clone(),
            restored_from: joined(&sources),
            backup: written.backup,
            copies,
        })
    }

    /// What the database held before an entry.
    fn catalog_before(&mut self, entry: &Entry) -> Result<Catalog, RunError> {
        let script = self.script_of(&entry.schema_before)?;
        let failed = shadow("load the schema before a migration");
        let shadows = self.shadows()?;
        shadows.copy.clear().map_err(&failed)?;
        trial::load(&mut shadows.copy, &script).map_err(&failed)
    }

    fn way_back(&mut self, entry: &Entry) -> Result<WayBack, RunError> {
        let refuse = |why: String| RunError::no_way_back(entry, why);
        if entry.kind == Kind::Baseline {
            return Err(refuse("the database held it before the first run".to_owned()));
        }
        let all = self.sound_steps(entry)?;
        let mut n_done = all.len();
        if entry.status == Status::Running {
            n_done = usize::try_from(entry.steps_done).unwrap_or_default();
            // Outside of transactions it may have run to its end without being told.
            let is_open = all.get(n_done).is_some_and(|it| it.transaction == Transaction::Outside);
            n_done += usize::from(is_open);
        }
        let (mut steps, mut sources) = (Vec::new(), Vec::new());
        for step in all[..n_done].iter().rev() {
            match &step.back {
                Back::None { why } => return Err(refuse(why.clone())),
                Back::Lossy { why, .. } if step.restore.is_none() => {
                    return Err(refuse(format!("{why}, which no copy was made of")));
                }
                _ => steps.extend(trial::undoing(step)),
            }
            let text = step.restore.as_deref().unwrap_or_default();
            sources.extend(copies::named_in(text).into_iter().map(str::to_owned));
        }
        sources.sort();
        sources.dedup();
        for it in &sources {
            let sql = "SELECT to_regclass($1::text) IS NOT NULL";
            let row = self.client.query_one(sql, &[it]).map_err(engine("look for copies"))?;
            if !row.get::<_, bool>(0) {
                return Err(refuse(format!("data was dropped, and its copy is gone: {it}")));
            }
        }
        Ok(WayBack { steps, sources })
    }

    /// `the 12 rows of tags`
    fn counted(&mut self, it: &crate::plan::ObjectId) -> Result<String, RunError> {
        if it.part != Part::Table {
            return Ok(format!("the values of `{it}`"));
        }
        let sql = format!("SELECT count(*) FROM {}", copies::qualified(&it.table));
        let row = self.client.query_one(&sql, &[]).map_err(engine("count rows"))?;
        let n_rows = crate::run::data::grouped(row.get(0));
        Ok(format!("the {n_rows} rows of `{}`", it.table))
    }
}

/// Tables and columns that go with their data on the way from one schema to another.
fn lost(from: &Catalog, to: &Catalog) -> Result<Vec<crate::plan::ObjectId>, RunError> {
    let attempt = "see what a rollback drops";
    let planned = plan(from, to);
    let planned = planned.map_err(|it| RunError::Engine { attempt, message: it.to_string() })?;
    let mut out: Vec<_> = planned.steps.into_iter().flat_map(|it| it.loses).collect();
    out.retain(|it| matches!(it.part, Part::Table | Part::Column(_)));
    out.sort();
    out.dedup();
    Ok(out)
}

fn joined(names: &[String]) -> Option<String> {
    (!names.is_empty()).then(|| names.join(", "))
}
