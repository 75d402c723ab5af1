use super::cx::{Cx, Sink};
use crate::schema::Table;
use model::{Risk, Stake};

declare_rule! {
    /// A new column has a type that is hard to leave: `timestamp` without a zone, `json`, `money`, `char(n)`, or `real` for money.
    ///
    /// `timestamptz`, `jsonb`, `numeric` and `text` do the same without the pitfalls: no zone to guess, an equality, no locale, no blanks. A `timestamp` beside columns with a zone, and money that is counted in binary fractions, ask: their values are off.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table accounts add column seen timestamp;
    /// ```
    /// ```sql,bad
    /// create table orders (id bigint primary key, paid_at timestamptz);
    /// -- migration
    /// set lock_timeout = '2s';
    /// alter table orders add column sent_at timestamp, add column total_price real;
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
                // Beside moments with a zone its values are hours off.
                "timestamp" if has_zones(cx, table) => (Risk::Medium, "timestamptz"),
                "timestamp" => (Risk::Low, "timestamptz"),
                // Sums of it are wrong.
                "real" | "double precision" if is_money(&column.name) => (Risk::Medium, "numeric"),
                // `select distinct` and `group by` on the table stop working.
                "json" => (if old.is_some() { Risk::Medium } else { Risk::Low }, "jsonb"),
                "money" => (Risk::Low, "numeric"),
                "char" => (Risk::Low, "text"),
                _ => continue,
            };
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!("`{object}` is `{}`, where `{instead}` does better", column.kind);
            let report = sink.whole(&object, risk, claim).fix("Use the other type", instead);
            if matches!(instead, "timestamptz" | "numeric") {
                report.stake(Stake::Data);
            }
        }
    }
}

/// Whether moments have a zone elsewhere: in the table, or else in all others.
fn has_zones(cx: &Cx, table: &Table) -> bool {
    let of = |table: &Table, base: &str| {
        let old = cx.change.before.table_of(table.id);
        let columns = old.into_iter().flat_map(|it| &it.columns);
        columns.into_iter().any(|it| it.kind.base == base)
    };
    let all = |base: &str| cx.change.before.tables.iter().any(|it| of(it, base));
    match of(table, "timestamp") {
        true => false,
        false => of(table, "timestamptz") || all("timestamptz") && !all("timestamp"),
    }
}

fn is_money(column: &str) -> bool {
    const WORDS: [&str; 16] = [
        "price", "amount", "cost", "total", "fee", "fees", "balance", "salary", "deposit", "rent",
        "budget", "revenue", "subtotal", "payment", "refund", "fine",
    ];
    column.to_lowercase().split('_').any(|it| WORDS.contains(&it))
}
