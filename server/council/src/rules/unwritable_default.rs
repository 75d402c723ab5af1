use super::cx::{Cx, Sink};
use super::opened_default::holds;
use super::shown::unqualified;
use super::support::{is_trusted, literal};
use crate::logic::conjuncts;
use crate::schema::{Column, Policy, Table, policy_object};
use model::{Risk, Stake};

declare_rule! {
    /// A policy refuses what a row has that says nothing: the default of a column is not what it asks for.
    ///
    /// Writers that leave the column out worked, and are refused now. Let the policy take the default, or leave the default.
    ///
    /// ```sql,bad
    /// create table enrollments (id bigint primary key, learner uuid not null, status text not null default 'active');
    /// alter table enrollments enable row level security;
    /// create policy enroll on enrollments for insert to authenticated with check (learner = (select auth.uid()) and status = 'active');
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table enrollments alter column status set default 'waitlisted';
    /// ```
    /// ```sql,good
    /// create table enrollments (id bigint primary key, learner uuid not null, status text not null default 'waitlisted');
    /// alter table enrollments enable row level security;
    /// create policy enroll on enrollments for insert to authenticated with check (learner = (select auth.uid()) and status = 'active');
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table enrollments alter column status set default 'active';
    /// ```
    pub(super) static RULE = {
        name: "unwritable-default",
        group: Access,
        class: Compatibility,
        since: "0.1.0",
        check: unwritable_default,
    }
}

fn unwritable_default(cx: &Cx, sink: &mut Sink<'_>) {
    for new in cx.change.after.tables.iter().filter(|it| it.row_security) {
        let Some(old) = cx.change.before.table_of(new.id).filter(|it| it.row_security) else {
            continue;
        };
        for now in &new.columns {
            let Some(was) = old.column_of(now.id) else { continue };
            let could = adding(old).next().is_some() && refusal(old, was).is_none();
            let Some(policy) = refusal(new, now).filter(|_| could) else { continue };
            let object = format!("{}.{}", new.name, now.name);
            let claim = format!(
                "writers that leave out `{object}` are refused by `{}`",
                policy_object(&policy.name, &new.name)
            );
            sink.whole(&object, Risk::High, claim)
                .stake(Stake::Service)
                .fix("Let the policy take the default", "");
        }
    }
}

/// Policies that let rows be added.
fn adding(table: &Table) -> impl Iterator<Item = &Policy> {
    table.policies.iter().filter(|it| {
        matches!(it.command.as_str(), "insert" | "all") && !it.roles.iter().all(|it| is_trusted(it))
    })
}

/// The policy for which no row gets in that has the default of a column.
fn refusal<'a>(table: &'a Table, column: &Column) -> Option<&'a Policy> {
    let value = column.default.as_deref().and_then(literal)?;
    let refuses = |it: &&Policy| {
        let text = it.check.as_ref().or(it.using.as_ref());
        text.is_some_and(|it| {
            let mut parts = conjuncts(it).into_iter().map(unqualified);
            parts.any(|it| holds(&it, &column.name, &value) == Some(false))
        })
    };
    if let Some(it) = adding(table).filter(|it| !it.is_permissive).find(refuses) {
        return Some(it);
    }
    let mut giving = adding(table).filter(|it| it.is_permissive).peekable();
    let first = *giving.peek()?;
    giving.all(|it| refuses(&it)).then_some(first)
}
