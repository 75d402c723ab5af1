use super::cx::{Cx, Sink};
use super::support::new_columns;
use model::{Risk, Stake};

declare_rule! {
    /// A column holds internal numbers of the server, which `pg_upgrade` refuses to carry over.
    ///
    /// `regproc` and its like, and names in the catalog, are other numbers in the next version. Keep the name as text.
    ///
    /// ```sql,bad
    /// create table hooks (id bigint primary key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table hooks add column handler regproc;
    /// ```
    /// ```sql,good
    /// create table hooks (id bigint primary key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table hooks add column handler text;
    /// ```
    pub(super) static RULE = {
        name: "unupgradable-type",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: unupgradable_type,
    }
}

/// Source: the manual of `pg_upgrade`, under limitations.
const REFUSED: [&str; 8] = [
    "regproc",
    "regprocedure",
    "regoper",
    "regoperator",
    "regcollation",
    "regconfig",
    "regdictionary",
    "regnamespace",
];

fn unupgradable_type(cx: &Cx, sink: &mut Sink<'_>) {
    for (table, column) in new_columns(cx) {
        let base = column.kind.base.rsplit('.').next().unwrap_or_default();
        if cx.is_postgres() && REFUSED.contains(&base) {
            let object = format!("{}.{}", table.name, column.name);
            let claim =
                format!("`{object}` is `{}`: the server cannot be upgraded in place", column.kind);
            sink.whole(&object, Risk::Medium, claim)
                .stake(Stake::Service)
                .fix("Keep the name as text", "");
        }
    }
}
