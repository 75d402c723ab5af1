use super::cx::{Cx, Sink};
use super::support::says_if_exists;
use crate::ddl::Action;
use crate::schema::{Function, Schema};
use crate::simulate::is_function;
use model::{Risk, Stake};

declare_rule! {
    /// A function is gone or is called differently, and clients that call it fail.
    ///
    /// Keep the old signature beside the new one until no client uses it.
    ///
    /// ```sql,bad
    /// create function calc(n integer) returns integer language sql as $$ select n $$;
    /// -- migration
    /// drop function calc(integer);
    /// ```
    /// ```sql,bad
    /// create function calc(n integer) returns integer language sql as $$ select n $$;
    /// -- migration
    /// drop function calc(integer);
    /// create function calc(n integer) returns text language sql as $$ select n::text $$;
    /// ```
    /// ```sql,good
    /// create function calc(n integer) returns integer language sql as $$ select n $$;
    /// -- migration
    /// drop function calc(integer);
    /// create function calc(n integer) returns integer language sql as $$ select n + 1 $$;
    /// ```
    pub(super) static RULE = {
        name: "dropped-function",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: dropped_function,
    }
}

fn dropped_function(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    for old in &before.functions {
        if after.functions.iter().any(|it| it.id == old.id && it.name != old.name) {
            continue;
        }
        let claim = match after.function(old) {
            Some(it) if renamed_argument(old, it).is_some() => {
                let name = renamed_argument(old, it).unwrap_or_default();
                let claim = format!("clients that call `{}` with `{name} => …` fail", old.name);
                sink.whole(&old.object(), Risk::Medium, claim).stake(Stake::Service);
                continue;
            }
            // Who got nothing does not look at what he gets.
            Some(it) if it.returns == old.returns || old.returns == "void" => continue,
            Some(it) => format!(
                "clients that call `{}` get `{}` for `{}`",
                old.object(),
                it.returns,
                old.returns
            ),
            None if after.functions.iter().any(|it| takes_calls_of(it, old)) => continue,
            None => format!("clients that call `{}` fail: it is gone", old.object()),
        };
        let risk = if old.returns == "trigger" { Risk::Medium } else { Risk::High };
        sink.whole(&old.object(), risk, claim)
            .stake(Stake::Service)
            .fix("Keep the old signature until no client uses it", "");
    }
    for step in &cx.change.steps {
        let Action::Drop(it) = &step.action else { continue };
        for (name, arguments) in
            it.names.iter().zip(&it.arguments).filter(|_| it.kind == "function")
        {
            let known = |schema: &Schema| schema.functions.iter().any(|it| it.name == *name);
            let is_back =
                after.functions.iter().any(|it| is_function(it, name, arguments.as_deref()));
            // With a base one that need not be there, and is not known, was not there.
            let has_heir = after.functions.iter().any(|it| it.name == *name);
            let is_sure = !cx.change.has_base || !says_if_exists(&step.raw) || has_heir;
            if !known(before) && !known(&step.schema) && !is_back && is_sure {
                let claim = format!("clients that call `{name}` fail: it is dropped");
                sink.report(step, name, Risk::High, claim);
            }
        }
    }
}

/// A name by which callers give an argument, and that it has no more.
fn renamed_argument<'a>(old: &'a Function, new: &Function) -> Option<&'a str> {
    let mut names = old.parameters.iter().filter(|it| !it.is_empty());
    names.find(|it| !new.parameters.contains(it)).map(String::as_str)
}

/// Whether calls of `old` still work: more arguments, all of which have defaults.
fn takes_calls_of(new: &Function, old: &Function) -> bool {
    new.name == old.name
        && new.returns == old.returns
        && new.arguments.starts_with(&old.arguments)
        && new.arguments.len() - old.arguments.len() <= new.n_defaults
}
