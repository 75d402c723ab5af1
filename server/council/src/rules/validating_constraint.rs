use super::cx::{Cx, Sink};
use super::narrowing_check::keeps_already;
use super::support::{literal, locking};
use super::told::{Size, any_size, size};
use crate::ddl::{AlterPart, ColumnDef};
use crate::schema::{Constraint, ConstraintKind, Table};
use crate::sql::spelt;
use model::{Risk, Stake};

declare_rule! {
    /// A foreign key or check reads the whole table while its writers wait.
    ///
    /// Add it with `not valid`, and validate it later: that holds nobody back. Of a table that the schema's comments call small it is told alone, and so is a check that every row is known to pass, unless they call the table large; where they tell no sizes that is asked about.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null);
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add constraint of_account foreign key (account_id) references accounts (id);
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add constraint positive check (total > 0);
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null);
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column payer bigint default 1 references accounts (id);
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer not null);
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// create index on orders (account_id);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add constraint of_account foreign key (account_id) references accounts (id) not valid;
    /// alter table orders validate constraint of_account;
    /// ```
    pub(super) static RULE = {
        name: "validating-constraint",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: validating_constraint,
    }
}

fn validating_constraint(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in locking(cx) {
        let added: Vec<&Constraint> = match part {
            AlterPart::AddConstraint(it) if it.is_validated => vec![it],
            AlterPart::AddColumn { column, .. } => column.constraints.iter().collect(),
            _ => continue,
        };
        for it in added {
            let word = match it.kind {
                ConstraintKind::Foreign => "foreign key",
                ConstraintKind::Check => "check",
                _ => continue,
            };
            let columns = it.columns.join(", ");
            let object = if it.name.is_empty() { &table.name } else { &it.name };
            let about = if columns.is_empty() { String::new() } else { format!(" of `{columns}`") };
            let claim =
                format!("the {word}{about} reads all of `{}` while writers wait", table.name);
            let risk = match size(cx, table.id) {
                Some(Size::Small) => Risk::Low,
                None if is_passed(cx.change.before.table_of(table.id), part, it) => {
                    if any_size(cx) { Risk::Low } else { Risk::Medium }
                }
                _ => Risk::High,
            };
            sink.report(step, object, risk, claim)
                .stake(Stake::Service)
                .fix("Add it with `not valid`, and validate it in a later statement", "");
        }
    }
}

/// Whether every row passes a check: the new column holds the same in all of them, or an older check
/// asks as much.
fn is_passed(was: Option<&Table>, part: &AlterPart, check: &Constraint) -> bool {
    let is_same = |it: &ColumnDef| {
        let default = it.default.as_deref().map(spelt);
        it.generated.is_none() && default.is_none_or(|it| literal(&it).is_some())
    };
    check.kind == ConstraintKind::Check
        && match part {
            AlterPart::AddColumn { column, .. } => is_same(column),
            _ => was.is_some_and(|it| keeps_already(it, check)),
        }
}
