//! Answers to the closed set of probes, from what the deterministic reviewers saw and from the
//! schemas: a claim that neither speaks of stays open.

use super::Change;
use council::models::{Probe, Probed};
use model::{Class, CouncilFinding, EvidenceLevel, Reach, Review};

pub(super) fn answer(change: &Change, review: &Review, probe: Probe, object: &str) -> Probed {
    match probe {
        Probe::AnyoneReads => reach(review, object, &["select"], &["anon", "public"]),
        Probe::StrangerReads => reach(review, object, &["select"], &["authenticated"]),
        Probe::StrangerWrites => reach(review, object, &["update", "delete"], &["authenticated"]),
        Probe::RowsLost | Probe::ValuesLost => seen(review, object, Class::DataLoss),
        Probe::FailsOnData => seen(review, object, Class::Availability),
        Probe::NotUndone => seen(review, object, Class::DataLoss),
        Probe::Gone => gone(change, object),
    }
}

/// By the reachability matrix: `all` shows it, `none` shows the opposite, a condition neither.
fn reach(review: &Review, object: &str, commands: &[&str], roles: &[&str]) -> Probed {
    let table = object.split('.').next().unwrap_or(object);
    let is_asked = |it: &&Reach| {
        it.object == table && commands.contains(&it.command) && roles.contains(&it.role.as_str())
    };
    let rows: Vec<&Reach> = review.reachability.iter().filter(is_asked).collect();
    let told = |it: &Reach| {
        let after = it.after.as_deref().unwrap_or("nothing");
        format!("{} may {} {after} of `{table}`", it.role, it.command)
    };
    if let Some(row) = rows.iter().find(|it| it.after.as_deref() == Some("all")) {
        return Probed::Holds(told(row));
    }
    let is_none = |it: &&Reach| matches!(it.after.as_deref(), None | Some("none"));
    match rows.first() {
        Some(row) if rows.iter().all(is_none) => Probed::Fails(told(row)),
        Some(row) => Probed::Open(told(row)),
        None => Probed::Open(format!("nobody's reach of `{table}` changes")),
    }
}

/// By what was seen to happen when the change was run.
fn seen(review: &Review, object: &str, class: Class) -> Probed {
    let is_same =
        |it: &str| it == object || it.strip_prefix(object).is_some_and(|it| it.starts_with('.'));
    let is_proof = |it: &&CouncilFinding| {
        it.class == class && it.evidence == EvidenceLevel::Proved && is_same(&it.object)
    };
    match review.findings.iter().find(is_proof) {
        Some(it) => Probed::Holds(it.claim.clone()),
        None => Probed::Open("the run in the shadow showed nothing of it".to_owned()),
    }
}

/// By the schema after the change.
fn gone(change: &Change, object: &str) -> Probed {
    let Some(source) = &change.source else {
        return Probed::Open("the schema afterwards is not known".to_owned());
    };
    let (table, column) = match object.split_once('.') {
        Some((table, column)) => (table, Some(column)),
        None => (object, None),
    };
    let is_there = source
        .file
        .after
        .table(table)
        .is_some_and(|it| column.is_none_or(|column| it.column(column).is_some()));
    match is_there {
        true => Probed::Fails(format!("`{object}` is there afterwards")),
        false => Probed::Holds(format!("`{object}` is not there afterwards")),
    }
}
