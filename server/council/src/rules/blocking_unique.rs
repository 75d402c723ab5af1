use super::cx::{Cx, Sink};
use super::support::locking;
use crate::ddl::AlterPart;
use crate::schema::{Constraint, ConstraintKind};
use model::Risk;

declare_rule! {
    /// A unique, primary key or exclusion constraint builds its index while nobody can use the table.
    ///
    /// Build a unique index with `concurrently`, and add the constraint with `using index`.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add constraint one_email unique (email);
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null);
    /// create extension btree_gist;
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add constraint apart exclude using gist (total with =);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create unique index concurrently one_email on accounts (email);
    /// alter table accounts add constraint one_email unique using index one_email;
    /// ```
    pub(super) static RULE = {
        name: "blocking-unique",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: blocking_unique,
    }
}

fn blocking_unique(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in locking(cx) {
        let added: Vec<&Constraint> = match part {
            AlterPart::AddConstraint(it) if !it.uses_index => vec![it],
            AlterPart::AddColumn { column, .. } => column.constraints.iter().collect(),
            _ => continue,
        };
        for it in added {
            let word = match it.kind {
                ConstraintKind::Primary => "primary key",
                ConstraintKind::Unique => "unique constraint",
                ConstraintKind::Exclusion => "exclusion constraint",
                _ => continue,
            };
            let object = if it.name.is_empty() { &table.name } else { &it.name };
            let claim =
                format!("the {word} builds its index while nobody can use `{}`", table.name);
            let report = sink.report(step, object, Risk::High, claim);
            if it.kind != ConstraintKind::Exclusion {
                let columns = it.columns.join(", ");
                let index =
                    format!("create unique index concurrently on {} ({columns});", table.name);
                report.fix("Build the index first, and add the constraint `using index`", index);
            }
        }
    }
}
