//! Looks at a live database and its specs without changing anything.

use super::{Promoter, engine, live, managed, rows, segments, shadow, trial};
use crate::postgres::server::Server;
use crate::run::data::grouped;
use crate::run::error::RunError;
use crate::run::ledger::Ledger;
use crate::run::postgres::Promotion;
use crate::run::rehearse::{Level, Rehearsal, SAMPLE_ROWS};

/// How a database differs from what it should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Differences {
    /// What differs: "table `posts` is missing".
    pub found: Vec<String>,
    /// Both schemas as scripts, the wanted one first.
    pub scripts: [String; 2],
}

/// Reads the ledger of a database; an empty one where there is none.
///
/// # Errors
/// [`RunError::Connect`], [`RunError::Engine`]
pub fn ledger(url: &str) -> Result<Ledger, RunError> {
    let connected = Server::at(url).and_then(|it| it.connect(None));
    let mut client = connected.map_err(|it| RunError::Connect(super::chain(&it)))?;
    super::ledger::load(&mut client)
}

impl Promoter<'_> {
    /// What somebody changed behind the ledger's back; nothing before the first run.
    ///
    /// # Errors
    /// [`RunError::Engine`] when the schema cannot be read or made on a shadow.
    pub fn drift(&mut self) -> Result<Differences, RunError> {
        let Some(script) = self.ledger.expected_ddl().map(str::to_owned) else {
            return Ok(Differences::default());
        };
        let live = live(&mut self.client)?;
        let shadows = self.shadows()?;
        shadows.copy.clear().map_err(shadow("load what is applied"))?;
        let expected = trial::load(&mut shadows.copy, &script);
        let expected = expected.map_err(shadow("load what is applied"))?;
        let found = super::told_as(&expected.differences(&live));
        let now = trial::script(&shadows.empty, &live)?;
        Ok(Differences { found, scripts: [script, now] })
    }

    /// How the database differs from what all specs describe.
    ///
    /// # Errors
    /// As [`Promoter::drift`].
    pub fn differences(&mut self) -> Result<Differences, RunError> {
        let live = live(&mut self.client)?;
        self.load_specs(self.specs.len())?;
        let shadows = self.shadows()?;
        let wanted = managed(shadows.spec.read().map_err(shadow("read the specs"))?);
        let found = wanted.differences(&live);
        let word = |it: &String| {
            it.replace("is only in the first", "is missing")
                .replace("is only in the second", "is in no spec")
        };
        let script = |it| trial::script(&shadows.empty, it);
        let scripts = [script(&wanted)?, script(&live)?];
        Ok(Differences { found: found.iter().map(word).collect(), scripts })
    }

    /// Tries what was planned on ever more of the real thing. The live data is asked for the first
    /// migration only: what the others ask about is not there yet.
    ///
    /// # Errors
    /// When rows cannot be read or copied.
    pub fn rehearse(&mut self, planned: &[Promotion], level: Level) -> Result<Rehearsal, RunError> {
        let mut out = Rehearsal::default();
        let Some(first) = planned.iter().find(|it| !it.steps.is_empty()) else { return Ok(out) };
        if level >= Level::Rows {
            self.filled(planned, Some(SAMPLE_ROWS))?;
            if let Some(it) = self.failure(planned)? {
                let n_rows = grouped(SAMPLE_ROWS.into());
                out.failures.push(format!("with {n_rows} rows of each table: {it}"));
            }
        }
        if level >= Level::Live {
            let (ms_max, system) = (self.options.data_ms_max, self.options.system);
            out.answers = rows::ask(&mut self.client, &first.plan.steps, ms_max, system)?;
        }
        if level >= Level::Copy {
            self.filled(planned, None)?;
            let before = rows::counts(self.shadows()?.copy.client())?;
            let start = self.now();
            let failure = self.failure(planned)?;
            out.copy_ms = Some(self.now().saturating_sub(start));
            out.failures.extend(failure.map(|it| format!("on a copy: {it}")));
            let after = rows::counts(self.shadows()?.copy.client())?;
            out.changed_counts = before
                .iter()
                .filter_map(|(table, was)| {
                    let is = after.iter().find(|it| it.0 == *table).map_or(0, |it| it.1);
                    let (old, new) = (grouped(*was), grouped(is));
                    (is != *was).then(|| format!("{table}: {old} rows become {new}"))
                })
                .collect();
        }
        Ok(out)
    }

    /// Makes the live database on a shadow, with rows.
    fn filled(&mut self, planned: &[Promotion], n_max: Option<u32>) -> Result<(), RunError> {
        let script = planned[0].scripts[0].clone();
        self.shadows()?;
        let shadows = self.shadows.as_mut().expect("they were made just now");
        let failed = shadow("make a copy of the schema");
        shadows.copy.clear().map_err(&failed)?;
        trial::load(&mut shadows.copy, &script).map_err(&failed)?;
        rows::fill(&mut self.client, &mut shadows.copy, n_max)
    }

    /// Runs all steps on the shadow as they would be run; tells why it stopped.
    fn failure(&mut self, planned: &[Promotion]) -> Result<Option<String>, RunError> {
        let own = format!("CREATE SCHEMA IF NOT EXISTS {}", super::OWN_SCHEMA);
        let client = self.shadows()?.copy.client();
        client.batch_execute(&own).map_err(engine("make a copy of the schema"))?;
        for it in planned {
            match segments::try_on(client, &it.name, &it.steps) {
                Ok(()) => {}
                Err(RunError::Step { migration, step, message, .. }) => {
                    return Ok(Some(format!("step {step} of `{migration}`: {message}")));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}
