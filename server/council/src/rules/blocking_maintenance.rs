use super::cx::{Cx, Sink};
use super::support::concurrently;
use crate::change::Step;
use crate::ddl::Action;
use model::Risk;

declare_rule! {
    /// A table is written anew, read or locked as a whole while others wait.
    ///
    /// `reindex` and `refresh materialized view` have a `concurrently`; `cluster` and `vacuum full` can be done by pg_repack; `lock table` is seldom needed.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// vacuum full accounts;
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// create materialized view plans as select plan from accounts;
    /// -- migration
    /// set lock_timeout = '2s';
    /// refresh materialized view plans;
    /// ```
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// reindex table accounts;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// create materialized view plans as select plan from accounts;
    /// create unique index on plans (plan);
    /// -- migration
    /// set lock_timeout = '2s';
    /// refresh materialized view concurrently plans;
    /// reindex table concurrently accounts;
    /// vacuum analyze accounts;
    /// ```
    pub(super) static RULE = {
        name: "blocking-maintenance",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: blocking_maintenance,
    }
}

fn blocking_maintenance(cx: &Cx, sink: &mut Sink<'_>) {
    for step in cx.change.steps.iter().filter(|_| cx.is_postgres()) {
        let (object, claim) = match &step.action {
            Action::Reindex { concurrently: false, name } => {
                (name, "builds indexes while writers wait")
            }
            Action::Refresh { view, concurrently: false } => {
                let is_new = step.schema.view(view).is_some_and(|it| {
                    cx.change.before.view(view).is_none_or(|old| old.id != it.id)
                });
                if is_new || sql_ends(step, "with no data") {
                    continue;
                }
                (view, "fills the view while its readers wait")
            }
            Action::Cluster { table } => (table, "writes the table anew while nobody can use it"),
            Action::VacuumFull { table } => {
                let all = "the database".to_owned();
                let object = table.as_ref().unwrap_or(&all).clone();
                sink.report(
                    step,
                    &object,
                    Risk::High,
                    "writes the table anew while nobody can use it",
                );
                continue;
            }
            Action::Lock { tables, mode } if stops_others(mode) => {
                (&tables[0], "locks the table for others")
            }
            _ => continue,
        };
        if is_new_table(cx, step, object) {
            continue;
        }
        let report = sink.report(step, object, Risk::High, format!("`{object}`: {claim}"));
        if matches!(step.action, Action::Reindex { .. } | Action::Refresh { .. }) {
            report.replace("Do it concurrently", concurrently(cx, step));
        }
    }
}

/// Whether a lock stops readers or writers of the table; the weaker ones only stop changes of it.
fn stops_others(mode: &str) -> bool {
    matches!(mode, "share" | "share row exclusive" | "exclusive" | "access exclusive")
}

fn is_new_table(cx: &Cx, step: &Step, name: &str) -> bool {
    step.schema.table(name).is_some_and(|it| !cx.change.is_old(it))
}

fn sql_ends(step: &Step, words: &str) -> bool {
    crate::sql::spelt(&step.raw.tokens).ends_with(words)
}
