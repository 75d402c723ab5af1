use super::cx::{Cx, Sink};
use model::{Risk, Stake};

declare_rule! {
    /// A function gets a twin that takes the same calls, and these fail: which one is meant cannot be told.
    ///
    /// `create or replace` with one argument more makes a second function, and where that argument has a default, a call without it fits both. Drop the old one in the same transaction.
    ///
    /// ```sql,bad
    /// create function price(item bigint) returns bigint language sql set search_path = '' as $$ select 1::bigint $$;
    /// -- migration
    /// create or replace function price(item bigint, discount bigint default 0) returns bigint language sql set search_path = '' as $$ select 1::bigint $$;
    /// ```
    /// ```sql,good
    /// create function price(item bigint) returns bigint language sql set search_path = '' as $$ select 1::bigint $$;
    /// -- migration
    /// drop function price(bigint);
    /// create function price(item bigint, discount bigint default 0) returns bigint language sql set search_path = '' as $$ select 1::bigint $$;
    /// ```
    pub(super) static RULE = {
        name: "ambiguous-overload",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: ambiguous_overload,
    }
}

fn ambiguous_overload(cx: &Cx, sink: &mut Sink<'_>) {
    let (before, after) = (&cx.change.before, &cx.change.after);
    for new in &after.functions {
        if before.functions.iter().any(|it| it.id == new.id) {
            continue;
        }
        let takes_same = |it: &&crate::schema::Function| {
            it.id != new.id
                && it.name == new.name
                && it.arguments.len() < new.arguments.len()
                && new.arguments.starts_with(&it.arguments)
                && new.arguments.len() - it.arguments.len() <= new.n_defaults
        };
        if let Some(old) = after.functions.iter().find(takes_same) {
            let claim =
                format!("a call of `{}` fits `{}` too, and fails", old.object(), new.object());
            sink.whole(&new.object(), Risk::High, claim)
                .stake(Stake::Service)
                .fix("Drop the old one", format!("drop function {};", old.object()));
        }
    }
}
