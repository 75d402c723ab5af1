//! `migrate.diff`: the database against what the specs describe.

use super::environments::{Database, Remote};
use super::migrate_drift::unified;
use super::migrations::{self, Specs, Target};
use super::{CommandCx, CommandError};
use migrate::run;
use migrate::run::postgres::Purpose;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Shows how the schema of the database differs from what all migration specs describe.
    pub(super) static COMMAND = {
        name: "migrate.diff",
        effect: Read,
        gate: None,
        run: run,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// A SQLite file, the URL of a PostgreSQL database, or the name of an environment; the
    /// workspace's own database when left out.
    pub url: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// What differs: `table posts is missing`.
    pub differences: Vec<String>,
    /// The definitions of what differs as a unified diff, from the database to the specs.
    pub diff: String,
}

/// Runs the command on typed data.
///
/// # Errors
/// When the specs have errors, or the database cannot be read.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let specs = Specs::read(cx)?;
    match Database::new(cx, input.url.as_deref())? {
        Database::Sqlite(target) => of_file(&specs, &target),
        Database::Postgres(remote) => of_server(cx, &specs, &remote),
    }
}

fn of_server(cx: &CommandCx<'_>, specs: &Specs, remote: &Remote) -> Result<Output, CommandError> {
    let found = remote.connected(cx, specs, (Purpose::Look, true), |it| {
        it.differences().map_err(|it| migrations::failure(&it))
    })?;
    let diff = match found.found.as_slice() {
        [] => String::new(),
        _ => unified(&found.scripts[1], &found.scripts[0], ["database", "specs"]),
    };
    Ok(Output { differences: found.found, diff })
}

fn of_file(specs: &Specs, target: &Target) -> Result<Output, CommandError> {
    let described = specs.describe(&target.ledger()?)?;
    let found = run::differences_to(target.database.as_path(), &described.schema);
    let found = found.map_err(|it| migrations::failure(&it))?;
    let join = |side: fn(&run::Drift) -> &Option<String>| {
        found
            .iter()
            .filter_map(|it| side(it).as_ref())
            .map(|it| format!("{it};\n"))
            .collect::<String>()
    };
    let (live, wanted) = (join(|it| &it.found), join(|it| &it.expected));
    let diff = unified(&live, &wanted, ["database", "specs"]);
    let differences = found.iter().map(|it| match (&it.expected, &it.found) {
        (None, _) => format!("{} is in no spec", it.object),
        (_, None) => format!("{} is missing", it.object),
        _ => format!("{} differs", it.object),
    });
    Ok(Output { differences: differences.collect(), diff })
}
