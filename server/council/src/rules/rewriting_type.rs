use super::cx::{Cx, Sink};
use super::support::locking;
use crate::ddl::AlterPart;
use crate::types::{Conversion, conversion, names_zone};
use model::Risk;

declare_rule! {
    /// A changed type writes every row again while nobody can read the table.
    ///
    /// Add a column of the new type, fill it in batches, and change over. Longer `varchar`, `varchar` to `text` and the like rewrite nothing.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders alter column total type bigint;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, note varchar(255));
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts alter column note type text;
    /// ```
    pub(super) static RULE = {
        name: "rewriting-type",
        group: Lint,
        class: Availability,
        since: "0.1.0",
        check: rewriting_type,
    }
}

fn rewriting_type(cx: &Cx, sink: &mut Sink<'_>) {
    for (step, table, part) in locking(cx) {
        let AlterPart::SetType { column, kind, using, .. } = part else { continue };
        let old = table.column(column);
        if old.is_some_and(|it| !cx.change.is_old_column(table.id, it.id)) {
            continue;
        }
        let object = format!("{}.{column}", table.name);
        let (from, verb) = match old.filter(|it| !it.kind.base.is_empty()) {
            Some(it) => match conversion(&it.kind, kind) {
                Conversion::Free => continue,
                // In UTC the values stay as they are.
                Conversion::Zone if using.as_ref().is_none_or(|it| names_zone(it)) => continue,
                _ => (format!(" from `{}`", it.kind), "writes"),
            },
            None => (String::new(), "may write"),
        };
        let claim =
            format!("{verb} every row of `{}` again: `{column}`{from} to `{kind}`", table.name);
        sink.report(step, &object, Risk::High, claim)
            .trigger("readers and writers of the table wait until the last row is written")
            .fix(
                "Fill a new column in batches",
                format!("alter table {} add column {column}_new {kind};", table.name),
            );
    }
}
