//! Lenses of a migration spec: its plan, whether it is applied, what each operation will do.

use super::standing::{State, moment_in_words};
use crate::features::Around;
use crate::features::lenses::{Lens, LensAct};
use crate::migrations::{Migration, Migrations, preview};
use serde_json::{Value, json};

/// What concerns the whole file above its first operation, and each operation's preview above it.
pub(in crate::features) fn lenses(
    set: &Migrations,
    file: &Migration,
    around: &Around,
) -> Vec<Lens> {
    let Some(first) = file.operations.first() else { return Vec::new() };
    let at = first.keyword.span;
    let run = |title: String, command, input| Lens {
        span: at,
        title,
        act: LensAct::Run { command, input },
    };
    let mut out = vec![Lens { span: at, title: "Show plan".to_owned(), act: LensAct::ShowPlan }];
    match State::of(file, around.database.as_deref()) {
        State::Applied { at_ms, .. } => {
            let title = format!("Applied {}", moment_in_words(at_ms));
            out.push(run(title, "migrate.status", json!({})));
            out.extend(
                roll_back(file, around).map(|(title, input)| run(title, "migrate.rollback", input)),
            );
        }
        State::Interrupted => {
            out.push(run("Interrupted: finish it".to_owned(), "migrate.apply", json!({})));
        }
        State::Waits => {
            let title = match n_waiting(set, around) {
                0 | 1 => "Waits: apply it".to_owned(),
                n => format!("Waits: apply {n} that wait"),
            };
            out.push(run(title, "migrate.apply", json!({})));
        }
    }
    let is_applied = matches!(State::of(file, around.database.as_deref()), State::Applied { .. });
    if !is_applied {
        out.extend(previews(file));
    }
    out
}

fn previews(file: &Migration) -> impl Iterator<Item = Lens> {
    let all = file.operations.iter().enumerate();
    all.map(|(index, it)| Lens {
        span: it.keyword.span,
        title: preview::line(file, index),
        act: LensAct::Preview,
    })
}

fn n_waiting(set: &Migrations, around: &Around) -> usize {
    let database = around.database.as_deref();
    set.files.iter().filter(|it| State::of(it, database) == State::Waits).count()
}

/// How to undo an applied file, and with it all that were applied after it.
fn roll_back(file: &Migration, around: &Around) -> Option<(String, Value)> {
    let database = around.database.as_deref()?;
    let applied = database.standing.ledger.applied();
    let at = applied.iter().position(|it| it.name == file.name)?;
    let before = at.checked_sub(1).map_or("start", |it| &applied[it].name);
    let title = match applied.len() - at {
        1 => "Roll back".to_owned(),
        n => format!("Roll back with {} after it", n - 1),
    };
    Some((title, json!({ "to": before })))
}
