//! `migrate.rollback`: undoes applied migrations.

use super::migrations::{self, Target};
use super::{CommandCx, CommandError, checkpoints, remember};
use ::context::memory::keepable;
use migrate::run::{self, Undo};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

declare_command! {
    /// Undoes the last migrations by the ways back that the ledger keeps.
    ///
    /// Rows and values that a migration dropped come back from the backup that was made before it;
    /// rows written since stay. What has no way back is refused before anything is undone. The state
    /// before the rollback is backed up. Without `yes` nothing is changed, and the output tells what
    /// would be.
    pub(super) static COMMAND = {
        name: "migrate.rollback",
        effect: Destructive,
        gate: Human,
        run: run,
    }
}

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
    /// Really do it.
    pub yes: bool,
    /// A SQLite file; the workspace's own database when left out.
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
    let target = Target::new(cx, input.url.as_deref())?;
    let undo = match (&input.to, input.last) {
        (Some(_), Some(_)) => {
            let error = CommandError::user("roll back by both `last` and `to`");
            return Err(error.hint("give one of them"));
        }
        (Some(to), None) if to == "start" => Undo::To(String::new()),
        (Some(to), None) => Undo::To(to.clone()),
        (None, last) => Undo::Last(last.unwrap_or(1) as usize),
    };
    let path = target.database.as_path();
    if !input.yes {
        let previews = run::preview_back(path, &undo).map_err(|it| migrations::failure(&it))?;
        let undone = previews.into_iter().map(|it| UndoneData {
            name: it.name,
            restored_from: it.restored_from,
            backup: None,
            steps: it.steps,
            loses: it.loses,
        });
        return Ok(Output { done: false, undone: undone.collect(), checkpoint: None });
    }
    let reason = input.reason.as_deref().unwrap_or_default();
    let intent = match keepable(reason) {
        Some(reason) => format!("{} because {reason}", words(&undo)),
        None => words(&undo),
    };
    let checkpoint = checkpoints::before(cx, "migrate.rollback", Some(&target.database))?;
    let act = ("migrate.rollback", intent);
    let undone = migrations::recorded(cx, &target, act, || {
        let done = target.with_options(cx, |it| run::roll_back(path, &undo, it))?;
        let names: Vec<&str> = done.iter().map(|it| it.name.as_str()).collect();
        let outcome = format!("rolled back: {}", names.join(", "));
        Ok((done, outcome))
    })?;
    let names: Vec<String> = undone.iter().map(|it| it.name.clone()).collect();
    remember::undone(cx, &names, reason);
    let undone = undone.into_iter().map(|it| UndoneData {
        name: it.name,
        restored_from: it.restored_from,
        backup: Some(it.backup),
        steps: Vec::new(),
        loses: Vec::new(),
    });
    Ok(Output { done: true, undone: undone.collect(), checkpoint })
}

/// What the audit chain tells of it.
fn words(undo: &Undo) -> String {
    match undo {
        Undo::Last(n) => format!("the last {n}"),
        Undo::To(name) if name.is_empty() => "all".to_owned(),
        Undo::To(name) => format!("all after {name}"),
    }
}
