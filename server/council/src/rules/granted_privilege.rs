use super::cx::{Cx, Sink};
use super::known_password::inserted;
use super::privileged_default::is_privilege;
use crate::ddl::Action;
use crate::sql::Token;
use model::{Risk, Stake};

declare_rule! {
    /// Rows are given a privilege by a migration: an account administrates wherever this runs.
    ///
    /// Whoever can write a migration then decides who administrates, and nobody asks the program that keeps track of it. Grant it where accounts are kept.
    ///
    /// ```sql,bad
    /// create table staff (id bigint primary key, email text, is_admin boolean not null default false);
    /// -- migration
    /// update staff set is_admin = true where email = 'kim@acme.test';
    /// ```
    /// ```sql,good
    /// create table staff (id bigint primary key, email text, is_admin boolean not null default false);
    /// -- migration
    /// update staff set is_admin = false where email = 'kim@acme.test' and id < 100;
    /// ```
    pub(super) static RULE = {
        name: "granted-privilege",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: granted_privilege,
    }
}

/// What is written into each column.
type Row<'a> = Vec<(String, &'a [Token])>;

fn granted_privilege(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let (table, rows): (_, Vec<Row<'_>>) = match &step.action {
            Action::Insert { table, .. } => (table, inserted(cx, table, &step.raw.tokens)),
            Action::Update(it) => {
                (&it.table, vec![it.sets.iter().map(|it| (it.0.clone(), &it.1[..])).collect()])
            }
            _ => continue,
        };
        let mut given = rows.iter().filter(|it| !is_word_list(table, it)).flatten();
        if let Some((column, _)) = given.find(|(column, value)| is_privilege(column, value)) {
            let object = format!("{table}.{column}");
            let claim = format!("gives rows of `{table}` the privilege of `{column}`");
            sink.report(step, &object, Risk::Medium, claim).stake(Stake::Access);
        }
    }
}

/// Whether a row only says that there is such a role, and gives it to nobody.
fn is_word_list(table: &str, row: &[(String, &[Token])]) -> bool {
    const PEOPLE: [&str; 5] = ["user", "member", "account", "email", "staff"];
    let is_of_somebody = |name: &str| PEOPLE.iter().any(|it| name.to_lowercase().contains(it));
    table.contains("role") && !row.iter().any(|it| is_of_somebody(&it.0)) && !is_of_somebody(table)
}
