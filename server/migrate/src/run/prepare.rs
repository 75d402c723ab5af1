use crate::plan::Change;
use crate::run::ledger::{Hash, Ledger, hash_of_texts};
use crate::run::{Migration, OWN};
use crate::sqlite::{
    Capabilities, Catalog, LoadError, ProofError, ReadError, SourceError, Trial, catalog_of_sql,
    ddl, read_definitions, shadow_of,
};
use rusqlite::Connection;
use std::fmt;

/// One object that is not as the ledger tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    /// `table posts`
    pub object: String,
    /// Its definition by the ledger; `None` for what was added.
    pub expected: Option<String>,
    /// Its definition in the database; `None` for what is missing.
    pub found: Option<String>,
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match (&self.expected, &self.found) {
            (None, _) => "was added",
            (_, None) => "is missing",
            _ => "was changed",
        };
        write!(f, "{} {what}", self.object)
    }
}

/// What a database holds besides rows and what the runner keeps for itself; views and triggers are
/// taken for sound.
pub(super) fn schema_of(db: &Connection) -> Result<Catalog, ReadError> {
    let mut out = read_definitions(db)?;
    out.forget(OWN);
    Ok(out)
}

/// The text that stands for a schema in the ledger, and its hash.
pub(super) fn text_of(catalog: &Catalog) -> (String, Hash) {
    let text = ddl(catalog);
    let hash = hash_of_texts([text.as_str()]);
    (text, hash)
}

/// What of `live` is not as the ledger tells; empty before the first run.
///
/// # Errors
/// When the engine cannot load what the ledger keeps.
pub fn drift(ledger: &Ledger, live: &Catalog) -> Result<Vec<Drift>, SourceError> {
    let Some(expected) = ledger.expected_ddl() else { return Ok(Vec::new()) };
    if expected == ddl(live) {
        return Ok(Vec::new());
    }
    let expected = match catalog_of_sql(expected) {
        Ok(it) => it,
        // A module or function that the live database has and this engine has not.
        Err(SourceError::Load(LoadError::Statement { .. })) => {
            return Ok(text_drift(expected, live));
        }
        Err(error) => return Err(error),
    };
    Ok(between(&expected, live))
}

fn text_drift(expected: &str, live: &Catalog) -> Vec<Drift> {
    let (expected, found) = (Some(expected.to_owned()), Some(ddl(live)));
    vec![Drift { object: "the schema".to_owned(), expected, found }]
}

/// What differs, in the order tables, indexes, views, triggers.
pub(super) fn between(expected: &Catalog, found: &Catalog) -> Vec<Drift> {
    let mut out = Vec::new();
    macro_rules! compare {
        ($kind:literal, $expected:expr, $found:expr) => {{
            let (expected, found) = ($expected, $found);
            for it in &expected {
                match found.iter().find(|other| other.name == it.name) {
                    Some(other) if other == it => {}
                    other => out.push(Drift {
                        object: format!("{} {}", $kind, it.name),
                        expected: Some(it.sql.0.clone()),
                        found: other.map(|it| it.sql.0.clone()),
                    }),
                }
            }
            for it in found.iter().filter(|it| expected.iter().all(|other| other.name != it.name)) {
                out.push(Drift {
                    object: format!("{} {}", $kind, it.name),
                    expected: None,
                    found: Some(it.sql.0.clone()),
                });
            }
        }};
    }
    let bare = |catalog: &Catalog| {
        let mut tables = catalog.tables.clone();
        tables.iter_mut().for_each(|it| it.indexes.clear());
        tables
    };
    let indexes = |catalog: &Catalog| -> Vec<_> {
        catalog.tables.iter().flat_map(|it| it.indexes.clone()).collect()
    };
    compare!("table", bare(expected), bare(found));
    compare!("index", indexes(expected), indexes(found));
    compare!("view", expected.views.clone(), found.views.clone());
    compare!("trigger", expected.triggers.clone(), found.triggers.clone());
    compare!("object", expected.opaque.clone(), found.opaque.clone());
    out
}

/// Runs a migration on empty shadows of `live`, there, back, and there again; gives what it ends in.
///
/// Where the live schema is the one that the plan starts from and no SQL of the author is in it, it
/// must end in what was wanted, and planning again must be empty.
pub(super) fn prove(live: &Catalog, migration: &Migration) -> Result<Catalog, ProofError> {
    prove_on(&|it| shadow_of(it), live, migration)
}

/// The same on shadows that the caller makes.
pub(super) fn prove_on(
    shadow: &(dyn Fn(&Catalog) -> rusqlite::Result<Connection> + Sync),
    live: &Catalog,
    migration: &Migration,
) -> Result<Catalog, ProofError> {
    let steps = &migration.plan.steps;
    let is_start = *live == migration.from;
    let is_raw = steps.iter().flat_map(|it| &it.changes).any(|it| matches!(it, Change::Raw(_)));
    let trial = Trial {
        start: live,
        probed: Some(&migration.from).filter(|_| is_start),
        wanted: Some(&migration.to).filter(|_| is_start && !is_raw),
        steps,
        engine: Capabilities::bundled(),
        own: Some(OWN),
        shadow,
    };
    trial.run()
}
