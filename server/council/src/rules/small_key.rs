use super::cx::{Cx, Sink};
use super::support::new_tables;
use model::Risk;

declare_rule! {
    /// A key is an integer of four bytes, where the other tables have `bigint`.
    ///
    /// It ends at 2 147 483 647, and what refers to it has to change its type with it.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create table notes (id serial primary key, body text);
    /// alter table notes enable row level security;
    /// create policy own on notes using (id = current_setting('app.note')::int);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create table notes (id bigint primary key, body text);
    /// alter table notes enable row level security;
    /// create policy own on notes using (id = current_setting('app.note')::bigint);
    /// ```
    pub(super) static RULE = {
        name: "small-key",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: small_key,
    }
}

fn small_key(cx: &Cx, sink: &mut Sink<'_>) {
    for table in new_tables(cx).filter(|_| cx.is_postgres()) {
        let Some([column]) = table.primary_key().map(|it| &it.columns[..]) else { continue };
        let Some(column) = table.column(column) else { continue };
        if is_small(&column.kind.base) {
            let object = format!("{}.{}", table.name, column.name);
            let claim = format!(
                "the key `{object}` is `{}`: it ends at two thousand million or less",
                column.kind
            );
            sink.whole(&object, Risk::Medium, claim).fix("Use `bigint`", "");
        }
    }
}

fn is_small(base: &str) -> bool {
    matches!(base, "integer" | "smallint" | "serial" | "smallserial")
}
