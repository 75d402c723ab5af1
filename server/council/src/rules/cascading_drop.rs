use super::cx::{Cx, Sink};
use crate::change::Step;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// `cascade` drops everything that depends on what is dropped, and names none of it.
    ///
    /// Leave it out: then the server names what stands in the way.
    ///
    /// ```sql,bad
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// create view v_orders as select * from orders;
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop view if exists v_orders cascade;
    /// ```
    /// ```sql,good
    /// create table orders (id bigint primary key, account_id bigint, total integer not null, state text);
    /// create view v_orders as select id from orders;
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop view v_orders cascade;
    /// create view v_orders as select id from orders;
    /// ```
    pub(super) static RULE = {
        name: "cascading-drop",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: cascading_drop,
    }
}

fn cascading_drop(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Drop(it) = &step.action else { continue };
        if !it.cascade || matches!(it.kind, "table" | "schema" | "index" | "trigger" | "policy") {
            continue;
        }
        for name in it.names.iter().filter(|name| is_felt(cx, step, it.kind, name)) {
            let readers: Vec<&str> =
                step.schema.readers_of(name).iter().map(|it| it.name.as_str()).collect();
            let (risk, what) = match it.kind {
                "type" | "domain" => (Risk::Critical, "columns of its type"),
                "extension" => (Risk::Critical, "columns, indexes and functions of it"),
                _ => (Risk::High, "whatever depends on it"),
            };
            let also = if readers.is_empty() { what.to_owned() } else { readers.join(", ") };
            let claim = format!("drops `{name}` and {also}");
            sink.report(step, name, risk, claim).stake(Stake::Data).fix("Leave `cascade` out", "");
        }
    }
}

/// Whether it was there before, and is not whole again at the end.
fn is_felt(cx: &Cx, step: &Step, kind: &str, name: &str) -> bool {
    let (before, after) = (&cx.change.before, &cx.change.after);
    if kind.ends_with("view") {
        let Some(old) = before.view(name) else {
            return step.schema.view(name).is_none() && !cx.change.has_base;
        };
        let is_back = |name: &str| after.view(name).is_some();
        return !(is_back(&old.name) && before.readers_of(name).iter().all(|it| is_back(&it.name)));
    }
    let is_new = |known: bool, then: bool| !known && then;
    match kind {
        "function" => {
            let has = |it: &crate::schema::Schema| it.functions.iter().any(|it| it.name == *name);
            !is_new(has(before), has(&step.schema))
        }
        "type" => {
            let has = |it: &crate::schema::Schema| {
                it.enums.iter().any(|it| it.name == *name) || it.has_other("type", name)
            };
            !is_new(has(before), has(&step.schema))
        }
        _ => !is_new(before.has_other(kind, name), step.schema.has_other(kind, name)),
    }
}
