//! `migrate.rollback`: undoes applied migrations.

use super::environments::{Database, Remote};
use super::migrations::{self, Specs, Target};
use super::{CommandCx, CommandError, checkpoints, remember};
use ::context::memory::keepable;
use migrate::run::postgres::Purpose;
use migrate::run::{self, Undo};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Undoes the last migrations by the ways back that the ledger keeps.
    ///
    /// Rows and values that a migration dropped come back from the backup that was made before it,
    /// on PostgreSQL from the copies of its tables; rows written since stay. What has no way back is refused before anything is undone. The state
    /// before the rollback is backed up. Without `yes` nothing is changed, and the output tells what
    /// would be.
    pub(super) static COMMAND = {
        name: "migrate.rollback",
        effect: Destructive,
        gate: Human,
        run: run,
    }
}

/// The act's name in the audit log.
const ACT: &str = "migrate.rollback";

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Input {
    /// How many migrations to undo; 1 when left out.
    pub last: Option<u32>,
    /// Undo everything after this migration; `start` undoes all.
    #[schemars(extend("x-value-name" = "NAME"))]
    pub to: Option<String>,
    /// Why, in your words: for the memory and the audit chain.
    pub reason: Option<String>,
    /// On PostgreSQL: go on without a backup of the state before.
    pub accept_no_backup: bool,
    /// Really do it.
    pub yes: bool,
    /// A SQLite file, the URL of a PostgreSQL database, or the name of an environment; the
    /// workspace's own database when left out.
    pub url: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Output {
    /// Whether it was done; `false` when `yes` was not given.
    pub done: bool,
    /// In the order of undoing.
    pub undone: Vec<UndoneData>,
    /// The checkpoint that was made right before; `rollback to` leads back to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<String>,
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct UndoneData {
    pub name: String,
    /// The backup that lost data comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restored_from: Option<String>,
    /// The state before the rollback, once it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backup: Option<String>,
    /// The statements, before it was done.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<String>,
    /// Rows that go: they were written after the migration made their table.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub loses: Vec<String>,
}

/// Runs the command on typed data.
///
/// # Errors
/// When nothing is applied, the database is not what the ledger tells, or there is no way back.
pub fn run(cx: &CommandCx<'_>, input: &Input) -> Result<Output, CommandError> {
    let database = Database::new(cx, input.url.as_deref())?;
    let undo = match (&input.to, input.last) {
        (Some(_), Some(_)) => {
            let error = CommandError::user("roll back by both `last` and `to`");
            return Err(error.hint("give one of them"));
        }
        (Some(to), None) if to == "start" => Undo::To(String::new()),
        (Some(to), None) => Undo::To(to.clone()),
        (None, last) => Undo::Last(last.unwrap_or(1) as usize),
    };
    database.check_backup(input.accept_no_backup)?;
    let out = match database {
        Database::Sqlite(target) => of_file(cx, input, &undo, &target)?,
        Database::Postgres(remote) => of_server(cx, input, &undo, &remote)?,
    };
    if out.done {
        let names: Vec<String> = out.undone.iter().map(|it| it.name.clone()).collect();
        remember::undone(cx, &names, input.reason.as_deref().unwrap_or_default());
    }
    Ok(out)
}

fn intent(input: &Input, undo: &Undo) -> String {
    match keepable(input.reason.as_deref().unwrap_or_default()) {
        Some(reason) => format!("{} because {reason}", words(undo)),
        None => words(undo),
    }
}

fn previewed(all: Vec<run::BackPreview>) -> Output {
    let undone = all.into_iter().map(|it| UndoneData {
        name: it.name,
        restored_from: it.restored_from,
        backup: None,
        steps: it.steps,
        loses: it.loses,
    });
    Output { done: false, undone: undone.collect(), checkpoint: None }
}

fn of_file(
    cx: &CommandCx<'_>,
    input: &Input,
    undo: &Undo,
    target: &Target,
) -> Result<Output, CommandError> {
    let path = target.database.as_path();
    if !input.yes {
        let all = run::preview_back(path, undo).map_err(|it| migrations::failure(&it))?;
        return Ok(previewed(all));
    }
    let checkpoint = checkpoints::before(cx, ACT, Some(&target.database))?;
    let undone = migrations::recorded(cx, target, (ACT, intent(input, undo)), || {
        let done = target.with_options(cx, |it| run::roll_back(path, undo, it))?;
        let names: Vec<&str> = done.iter().map(|it| it.name.as_str()).collect();
        let outcome = format!("rolled back: {}", names.join(", "));
        Ok((done, outcome))
    })?;
    let undone = undone.into_iter().map(|it| UndoneData {
        name: it.name,
        restored_from: it.restored_from,
        backup: Some(it.backup),
        steps: Vec::new(),
        loses: Vec::new(),
    });
    Ok(Output { done: true, undone: undone.collect(), checkpoint })
}

fn of_server(
    cx: &CommandCx<'_>,
    input: &Input,
    undo: &Undo,
    remote: &Remote,
) -> Result<Output, CommandError> {
    let specs = Specs::none();
    let purpose = if input.yes { Purpose::Change } else { Purpose::Look };
    remote.connected(cx, &specs, (purpose, input.accept_no_backup), |promoter| {
        if !input.yes {
            let all = promoter.preview_back(undo).map_err(|it| migrations::failure(&it))?;
            return Ok(previewed(all));
        }
        checkpoints::before(cx, ACT, None)?;
        let undone = remote.recorded(cx, promoter, (ACT, intent(input, undo)), |promoter| {
            let done = promoter.roll_back(undo)?;
            let names: Vec<&str> = done.iter().map(|it| it.name.as_str()).collect();
            let outcome = format!("rolled back: {}", names.join(", "));
            Ok((done, outcome))
        })?;
        let undone = undone.into_iter().map(|it| {
            let copies = (!it.copies.is_empty()).then(|| it.copies.join(", "));
            UndoneData {
                name: it.name,
                restored_from: it.restored_from,
                backup: it.backup.or(copies),
                steps: Vec::new(),
                loses: Vec::new(),
            }
        });
        // The checkpoint holds nothing of the server: going back to it would not undo this.
        Ok(Output { done: true, undone: undone.collect(), checkpoint: None })
    })
}

/// What the audit chain tells of it.
fn words(undo: &Undo) -> String {
    match undo {
        Undo::Last(n) => format!("the last {n}"),
        Undo::To(name) if name.is_empty() => "all".to_owned(),
        Undo::To(name) => format!("all after {name}"),
    }
}
