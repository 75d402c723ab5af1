use super::cx::{Cx, Sink};
use crate::ddl::AlterPart;
use crate::schema::{ConstraintKind, Generated};
use crate::sql::{Token, TokenKind};
use model::{Risk, Stake};

declare_rule! {
    /// SQLite refuses to add a column whose default is computed, or that is a key.
    ///
    /// The default must be a constant; `current_timestamp` is none. It is taken on an empty table, and refused where there are rows. Rebuild the table, or fill the column afterwards.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// alter table p add column at text default current_timestamp;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// alter table p add column at text default '';
    /// ```
    pub(super) static RULE = {
        name: "sqlite-added-column",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: sqlite_added_column,
    }
}

fn sqlite_added_column(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in cx.change.alterations().filter(|_| !cx.is_postgres()) {
        let AlterPart::AddColumn { column, .. } = part else { continue };
        let is_computed = column.default.as_deref().is_some_and(is_computed);
        let is_key = column
            .constraints
            .iter()
            .any(|it| matches!(it.kind, ConstraintKind::Primary | ConstraintKind::Unique));
        let why = match () {
            () if is_computed => "its default is computed",
            () if is_key => "it is a key",
            () if column.generated == Some(Generated::Stored) => "it stores a computed value",
            () => continue,
        };
        let object = format!("{}.{}", table.name, column.name);
        let claim = format!("SQLite refuses to add `{}` to `{}`: {why}", column.name, table.name);
        sink.report(step, &object, Risk::Medium, claim)
            .stake(Stake::Service)
            .fix("Rebuild the table, or add it with a constant and fill it", "");
    }
}

fn is_computed(default: &[Token]) -> bool {
    default.iter().any(|it| {
        (it.kind == TokenKind::Sign && it.text == "(")
            || matches!(it.text.as_str(), "current_timestamp" | "current_date" | "current_time")
    })
}
