//! What the memory hears of migrations: decisions when they run, and how they end.
//!
//! The memory is the user's convenience: that it cannot be written never fails an act.

use super::{CommandCx, applied, store};
use crate::migrations::{preview, touch};
use ::context::memory::{Decision, Memory, Outcome, Project};
use ::forge::provision::HEADER;
use migrate::language::{self, File, Operation, OperationKind};
use migrate::run::RunError;
use migrate::schema::Schema;

/// Keeps what was decided in the specs `names`, which ended in `outcome`; `files` are all specs, in
/// order.
pub(super) fn decided(
    cx: &CommandCx<'_>,
    files: &[File<'_>],
    names: &[&str],
    (outcome, why): (Outcome, &str),
) {
    with_memory(cx, |memory, project| {
        let read = language::read(files);
        let mut schema = Schema::default();
        for file in files {
            let of_file = |it: &&Operation| &*it.migration == file.name;
            let own: Vec<Operation> = read.operations.iter().filter(of_file).cloned().collect();
            schema = language::replay(&schema, &own).schema;
            if !names.contains(&file.name) {
                continue;
            }
            let decisions: Vec<Decision> =
                own.iter().filter_map(|it| decision(it, &schema, file.text)).collect();
            let (now, ended) = (cx.system.now(), (outcome, why));
            memory.remember(project, file.name, &decisions, ended, now)?;
        }
        Ok(())
    });
}

/// Keeps how a run of `pending` ended: those before the one that failed were applied.
pub(super) fn ran(
    cx: &CommandCx<'_>,
    files: &[File<'_>],
    pending: &[&str],
    done: Result<(), &RunError>,
) {
    let Err(error) = done else {
        return decided(cx, files, pending, (Outcome::Applied, ""));
    };
    let Some(failed) = error.migration() else { return };
    let applied: Vec<&str> = pending.iter().copied().take_while(|it| *it != failed).collect();
    decided(cx, files, &applied, (Outcome::Applied, ""));
    decided(cx, files, &[failed], (Outcome::Failed, error.kind()));
}

/// Keeps that the council stopped migrations, each with why.
pub(super) fn blocked(cx: &CommandCx<'_>, files: &[File<'_>], stopped: &[(String, String)]) {
    for (name, why) in stopped {
        decided(cx, files, &[name], (Outcome::Blocked, why));
    }
}

/// Keeps that migrations were undone, and why, in the author's words.
pub(super) fn undone(cx: &CommandCx<'_>, names: &[String], why: &str) {
    with_memory(cx, |memory, project| {
        for name in names {
            memory.conclude(project, name, (Outcome::RolledBack, why), cx.system.now())?;
        }
        Ok(())
    });
}

fn with_memory(
    cx: &CommandCx<'_>,
    act: impl FnOnce(&mut Memory, &Project) -> Result<(), ::context::memory::MemoryError>,
) {
    let Ok(root) = store::root(cx) else { return };
    if !cx.settings.memory_enable {
        return;
    }
    let ran = Memory::open(cx.system).and_then(|memory| match memory {
        Some(mut memory) => act(&mut memory, &Project::of(root)),
        None => Ok(()),
    });
    if let Err(error) = ran {
        tracing::warn!("the memory was not written: {}", crate::error_chain(&error));
    }
}

/// What an operation decides, in names, types and policies; `schema` is that after its file.
fn decision(operation: &Operation, schema: &Schema, text: &str) -> Option<Decision> {
    let entity = touch::tables(&operation.kind).last().map(|it| (*it).to_owned())?;
    let table = schema.table(&entity).map(applied::table);
    let columns = table.iter().flat_map(|it| &it.columns).map(|it| it.name.clone()).collect();
    let choice = match (&operation.kind, &table) {
        // Rows are never kept.
        (OperationKind::Seed(_), _) => return None,
        (OperationKind::AddTable(_), Some(it)) => {
            let columns = it.columns.iter().map(|it| {
                // The words of an enum are values.
                let kind = it.kind.split('(').next().unwrap_or_default();
                format!("{} {kind}", it.name)
            });
            format!("{entity}({}), rls {}", columns.collect::<Vec<_>>().join(", "), it.access)
        }
        (OperationKind::SetRls { .. }, Some(it)) => format!("rls {} on {entity}", it.access),
        _ => preview::title(operation),
    };
    Some(Decision {
        entity,
        act: touch::keyword(&operation.kind).to_owned(),
        choice,
        columns,
        reason: reason(operation, text),
    })
}

/// The comment right above an operation: where an author says why.
fn reason(operation: &Operation, text: &str) -> String {
    let start = operation.keyword.span.range().start.min(text.len());
    let above = text.get(..start).unwrap_or_default();
    // The keyword may stand behind the dash of a list.
    let lines: Vec<&str> = above.lines().collect();
    let lines = match above.ends_with('\n') || above.is_empty() {
        true => &lines[..],
        false => &lines[..lines.len() - 1],
    };
    let comments = lines.iter().rev().map_while(|it| it.trim().strip_prefix('#'));
    let is_ours = |it: &str| it.starts_with("specwright:") || it == HEADER;
    let own = comments.filter(|it| !is_ours(it.trim()));
    let mut own: Vec<&str> = own.map(str::trim).collect();
    own.reverse();
    own.join(" ")
}
