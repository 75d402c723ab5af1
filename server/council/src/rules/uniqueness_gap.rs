use super::cx::{Cx, Sink};
use crate::ddl::{Action, AlterPart};
use crate::schema::{Schema, Table};
use model::{Risk, Stake};
use std::collections::BTreeSet;

declare_rule! {
    /// What keeps values unique goes before its successor is there: what is written in between may be there twice, and then the new index cannot be built.
    ///
    /// Build the new one first, or do both in one transaction.
    ///
    /// ```sql,bad
    /// create table sessions (id bigint primary key, key text not null);
    /// create unique index sessions_key on sessions (key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop index concurrently if exists sessions_key;
    /// create unique index concurrently if not exists sessions_key_new on sessions (key) include (id);
    /// ```
    /// ```sql,good
    /// create table sessions (id bigint primary key, key text not null);
    /// create unique index sessions_key on sessions (key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create unique index concurrently if not exists sessions_key_new on sessions (key) include (id);
    /// drop index concurrently if exists sessions_key;
    /// ```
    pub(super) static RULE = {
        name: "uniqueness-gap",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: uniqueness_gap,
    }
}

fn uniqueness_gap(cx: &Cx, sink: &mut Sink<'_>) {
    // On SQLite a migration is the only writer.
    if !cx.is_postgres() {
        return;
    }
    for old in &cx.change.before.tables {
        let Some(new) = cx.change.after.table_of(old.id) else { continue };
        let kept: BTreeSet<_> =
            old.unique_keys().intersection(&new.unique_keys()).cloned().collect();
        for keys in kept {
            let missing = cx.change.steps.iter().find(|it| lacks(&it.schema, old, &keys));
            let Some(step) = missing else { continue };
            let drop = cx
                .change
                .steps
                .iter()
                .rev()
                .find(|it| it.raw.span.start < step.raw.span.start && is_drop(&it.action));
            // In one transaction nobody comes in between.
            let is_alone = drop.is_some_and(|it| {
                it.transaction.is_some() && refilled_in(cx, it.transaction, old, &keys)
            });
            if let Some(drop) = drop.filter(|_| !is_alone) {
                let keys = keys.join(", ");
                let claim = format!("for a while nothing keeps `{keys}` of `{}` unique", old.name);
                sink.report(drop, &format!("{}.{keys}", old.name), Risk::Medium, claim)
                    .stake(Stake::Data)
                    .fix("Build the new one first", "");
            }
        }
    }
}

fn is_drop(action: &Action) -> bool {
    match action {
        Action::Drop(it) => it.kind == "index",
        Action::AlterTable { parts, .. } => {
            parts.iter().any(|it| matches!(it, AlterPart::DropConstraint { .. }))
        }
        _ => false,
    }
}

/// Whether the last step of a transaction, or what follows it, has the key again.
fn refilled_in(cx: &Cx, transaction: Option<u32>, old: &Table, keys: &[String]) -> bool {
    let behind = cx
        .change
        .steps
        .iter()
        .skip_while(|it| it.transaction != transaction)
        .find(|it| it.transaction != transaction);
    let schema = behind.map_or(&cx.change.after, |it| &*it.schema);
    !lacks(schema, old, keys)
}

fn lacks(schema: &Schema, old: &Table, keys: &[String]) -> bool {
    schema.table_of(old.id).is_some_and(|it| !it.unique_keys().contains(keys))
}
