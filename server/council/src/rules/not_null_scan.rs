use super::cx::{Cx, Sink};
use super::support::locking;
use crate::ddl::AlterPart;
use crate::schema::Table;
use model::Risk;

declare_rule! {
    /// `set not null` reads the whole table while nobody can use it.
    ///
    /// It reads nothing when a validated check says already that the column is not null.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column email set not null;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text, plan text, org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add constraint has_email check (email is not null) not valid;
    /// alter table accounts validate constraint has_email;
    /// alter table accounts alter column email set not null;
    /// alter table accounts drop constraint has_email;
    /// ```
    pub(super) static RULE = {
        name: "not-null-scan",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: not_null_scan,
    }
}

fn not_null_scan(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in locking(cx) {
        let AlterPart::SetNotNull { column } = part else { continue };
        if table.column(column).is_some_and(|it| it.not_null) || is_checked(table, column) {
            continue;
        }
        let object = format!("{}.{column}", table.name);
        let claim = format!(
            "reads all of `{}` under a lock to see that `{column}` is never null",
            table.name
        );
        let check = format!(
            "alter table {0} add constraint {column}_not_null check ({column} is not null) not valid;\nalter table {0} validate constraint {column}_not_null;",
            table.name
        );
        sink.report(step, &object, Risk::High, claim)
            .trigger("it also fails where a row has no value")
            .fix("Validate a check first", check);
    }
}

fn is_checked(table: &Table, column: &str) -> bool {
    let wanted = format!("{column} is not null");
    let says = |text: &str| {
        text.trim_matches(['(', ')']) == wanted || text.split(" and ").any(|it| it == wanted)
    };
    table.constraints.iter().any(|it| it.is_validated && says(&it.expr))
}
