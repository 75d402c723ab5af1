use super::cx::{Cx, Sink};
use model::Risk;

declare_rule! {
    /// A new column has a type that is hard to leave: `timestamp` without a zone, `json`, `money` or `char(n)`.
    ///
    /// `timestamptz`, `jsonb`, `numeric` and `text` do the same without the pitfalls: no zone to guess, an equality, no locale, no blanks.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column seen timestamp;
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column seen timestamptz;
    /// ```
    pub(super) static RULE = {
        name: "regretted-type",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: regretted_type,
    }
}

fn regretted_type(cx: &Cx, sink: &mut Sink<'_>) {
    for table in cx.change.after.tables.iter().filter(|_| cx.is_postgres()) {
        let old = cx.change.before.table_of(table.id);
        for column in
            table.columns.iter().filter(|it| old.is_none_or(|old| old.column_of(it.id).is_none()))
        {
            let (risk, instead) = match column.kind.base.as_str() {
                "timestamp" => (Risk::Low, "timestamptz"),
                // `select distinct` and `group by` on the table stop working.
                "json" => (if old.is_some() { Risk::Medium } else { Risk::Low }, "jsonb"),
                "money" => (Risk::Low, "numeric"),
                "char" => (Risk::Low, "text"),
                _ => continue,
            };
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!("`{object}` is `{}`, where `{instead}` does better", column.kind);
            sink.whole(&object, risk, claim).fix("Use the other type", instead);
        }
    }
}
