use super::cx::{Cx, Sink};
use crate::ddl::AlterPart;
use model::{Risk, Stake};

declare_rule! {
    /// A statement that SQLite takes since 3.53 alone.
    ///
    /// The versions that most systems and languages bring refuse it as a syntax error. Rebuild the table, or make sure that nothing older runs the migration.
    ///
    /// ```sqlite,bad
    /// create table orders (id integer primary key, state text);
    /// -- migration
    /// alter table orders add constraint known check (state <> '');
    /// ```
    /// ```sqlite,good
    /// create table orders (id integer primary key, state text);
    /// -- migration
    /// alter table orders add column kind text check (kind <> '');
    /// ```
    pub(super) static RULE = {
        name: "newer-sqlite",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: newer_sqlite,
    }
}

fn newer_sqlite(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations().filter(|_| !cx.is_postgres()) {
        let what = match part {
            AlterPart::AddConstraint(_) => "adds a constraint to",
            AlterPart::DropConstraint { .. } => "drops a constraint of",
            AlterPart::SetNotNull { .. } | AlterPart::DropNotNull { .. } => "changes a column of",
            _ => continue,
        };
        let claim = format!("{what} `{}`, which SQLite before 3.53 refuses", table.name);
        sink.report(step, &table.name, Risk::Medium, claim)
            .stake(Stake::Service)
            .fix("Rebuild the table", "");
    }
}
