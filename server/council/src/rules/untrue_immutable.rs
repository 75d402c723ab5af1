use super::cx::{Cx, Sink};
use super::support::calls;
use crate::ddl::Action;
use crate::simulate::{is_function, sources};
use crate::sql::{TokenKind, pieces};
use model::{Risk, Stake};

declare_rule! {
    /// A function says that it gives the same for the same arguments for ever, and reads what changes.
    ///
    /// Its value is kept in plans and indexes: they go on with what it was. A function that reads tables or settings is `stable`.
    ///
    /// ```sql,bad
    /// create table rates (code text primary key, rate numeric);
    /// -- migration
    /// create function rate_of(wanted text) returns numeric language sql immutable set search_path = '' as $$ select rate from public.rates where code = wanted $$;
    /// ```
    /// ```sql,good
    /// create table rates (code text primary key, rate numeric);
    /// -- migration
    /// create function rate_of(wanted text) returns numeric language sql stable set search_path = '' as $$ select rate from public.rates where code = wanted $$;
    /// ```
    pub(super) static RULE = {
        name: "untrue-immutable",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: untrue_immutable,
    }
}

fn untrue_immutable(cx: &Cx, sink: &mut Sink<'_>) {
    const MOVING: [&str; 4] = ["now", "current_setting", "random", "clock_timestamp"];
    for step in &cx.change.steps {
        let known = match &step.action {
            Action::CreateFunction(it, _) => Some(&**it),
            Action::AlterFunction { name, arguments, .. } => {
                step.schema.functions.iter().find(|it| is_function(it, name, arguments.as_deref()))
            }
            _ => None,
        };
        let Some(it) = known else { continue };
        let says_so =
            step.raw.tokens.iter().any(|it| it.kind == TokenKind::Word && it.text == "immutable");
        let body = it.body.to_lowercase();
        let reads = pieces(&it.body)
            .iter()
            .flat_map(|it| sources(&it.tokens))
            .any(|name| step.schema.table(&name).is_some() || step.schema.view(&name).is_some());
        if says_so && (reads || MOVING.iter().any(|it| calls(&body, it))) {
            let claim = format!("`{}` is called immutable, and reads what changes", it.object());
            sink.report(step, &it.object(), Risk::Medium, claim)
                .stake(Stake::Service)
                .fix("Call it stable", format!("alter function {} stable;", it.object()));
        }
    }
}
