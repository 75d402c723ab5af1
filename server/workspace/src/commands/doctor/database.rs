//! The development database: file, ledger, interrupted runs, drift, backups.

use super::Check;
use crate::commands::store;
use crate::error_chain;
use migrate::run::{self, Kind, Ledger};
use migrate::sqlite;
use model::AbsPath;
use std::path::Path;

pub(super) fn checks(root: &AbsPath) -> Vec<Check> {
    let file = store::below(root, &format!("{}/dev.db", store::FOLDER));
    let path = file.as_path();
    let name = "database";
    if !path.exists() {
        return vec![Check::off(name, "none yet; `specwright migrate apply` makes it")];
    }
    let restore = format!("copy a backup from `{}/backups` over it", store::FOLDER);
    let failed =
        |message: String| vec![Check::fail(name, message, restore.as_str()).code("FRG001")];
    match run::damage(path) {
        Ok(None) => {}
        Ok(Some(damage)) => return failed(format!("`{file}` is damaged: {damage}")),
        Err(error) => return failed(error_chain(&error)),
    }
    let ledger = match run::ledger(path) {
        Ok(ledger) => ledger,
        Err(error) => return failed(error_chain(&error)),
    };
    let mut out = vec![Check::ok(name, format!("`{file}` is sound")), held(&ledger)];
    out.push(interrupted(&ledger));
    if ledger.running().is_none() {
        out.push(drift(path));
        out.push(backups(path));
    }
    out
}

fn held(ledger: &Ledger) -> Check {
    let name = "ledger";
    match ledger.broken() {
        Some(problem) => Check::fail(name, problem.to_string(), problem.hint()).code("FRG001"),
        None => {
            let (n_rows, n_applied) = (ledger.entries.len(), ledger.applied().len());
            Check::ok(name, format!("{n_rows} entries hold, {n_applied} migrations are applied"))
        }
    }
}

/// A run that did not come to its end. What a rollback left undone is the graver one: the database
/// is then between two states that somebody wanted to leave.
fn interrupted(ledger: &Ledger) -> Check {
    let name = "runs";
    let Some(it) = ledger.running() else { return Check::ok(name, "none was interrupted") };
    let (kind, done, all) = (it.kind.word(), it.steps_done, it.n_steps);
    let message = format!("the {kind} of `{}` stopped after step {done} of {all}", it.name);
    match it.kind {
        Kind::Rollback => {
            let hint = "`specwright migrate rollback --yes` goes on with it";
            Check::fail(name, message, hint).code("FRG002")
        }
        Kind::Apply | Kind::Baseline => {
            let hint =
                "`specwright migrate apply --yes` goes on, `migrate rollback --yes` undoes it";
            Check::warn(name, message, hint).code("FRG007")
        }
    }
}

fn drift(path: &Path) -> Check {
    let name = "drift";
    match run::drift_of(path) {
        Ok(found) if found.is_empty() => Check::ok(name, "the database is as its ledger tells"),
        Ok(found) => {
            let found: Vec<String> = found.iter().take(3).map(ToString::to_string).collect();
            let hint =
                "`specwright migrate drift` shows it; undo it, or say it in a migration spec";
            Check::warn(name, found.join("; "), hint).code("FRG005")
        }
        Err(error) => {
            let hint = "check the file and its permissions";
            Check::fail(name, error_chain(&error), hint).code("FRG001")
        }
    }
}

/// Whether the backups that a way back needs are there. How sound each is the rollback looks itself.
fn backups(path: &Path) -> Check {
    let name = "backups";
    let needed = match run::needed_backups(path) {
        Ok(needed) => needed,
        Err(error) => {
            let hint = "check the file and its permissions";
            return Check::fail(name, error_chain(&error), hint).code("FRG001");
        }
    };
    let is_gone = |it: &&(String, String)| !sqlite::is_database_file(Path::new(&it.1));
    match needed.iter().find(is_gone) {
        Some((migration, backup)) => {
            let message = format!("the way back of `{migration}` needs `{backup}`, which is gone");
            let hint = "put it back; without it the rows that this migration dropped do not return";
            Check::fail(name, message, hint).code("FRG006")
        }
        None if needed.is_empty() => Check::ok(name, "none is needed"),
        None => Check::ok(name, format!("{} are needed by ways back, and there", needed.len())),
    }
}
