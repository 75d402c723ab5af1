use super::cx::{Cx, Sink};
use super::support::new_keys;
use model::{Risk, Stake};

declare_rule! {
    /// A foreign key has another type than the column it refers to.
    ///
    /// Every look-up converts, and a narrower one ends before its target does.
    ///
    /// ```sql,bad
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create table notes (id bigint primary key, account_id integer references accounts (id));
    /// create index on notes (account_id);
    /// ```
    /// ```sql,good
    /// create table accounts (id bigint primary key, email text not null, plan text default 'free', org_id bigint);
    /// -- migration
    /// set lock_timeout = '2s';
    /// create table notes (id bigint primary key, account_id bigint references accounts (id));
    /// create index on notes (account_id);
    /// ```
    pub(super) static RULE = {
        name: "key-type-mismatch",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: key_type_mismatch,
    }
}

fn key_type_mismatch(cx: &Cx, sink: &mut Sink<'_>) {
    let after = &cx.change.after;
    for (table, key) in new_keys(cx) {
        let Some(target) = key.target.as_ref() else { continue };
        let Some(parent) = after.table(&target.table) else { continue };
        let names = match (&target.columns[..], parent.primary_key()) {
            ([], Some(it)) => &it.columns,
            _ => &target.columns,
        };
        for (own, of) in key.columns.iter().zip(names) {
            let (Some(own), Some(of)) = (table.column(own), parent.column(of)) else { continue };
            let (a, b) = (base(&own.kind.base), base(&of.kind.base));
            if !a.is_empty() && !b.is_empty() && a != b {
                let object = format!("{}.{}", table.name, own.name);
                let claim = format!("`{object}` is `{}`, and refers to a `{}`", own.kind, of.kind);
                sink.whole(&object, Risk::Medium, claim)
                    .stake(Stake::Service)
                    .fix("Give it the type of its target", format!("{}", of.kind));
            }
        }
    }
}

fn base(base: &str) -> &str {
    match base {
        "serial" => "integer",
        "bigserial" => "bigint",
        "smallserial" => "smallint",
        "varchar" | "char" => "text",
        other => other,
    }
}
