use super::cx::{Cx, Sink};
use model::{Risk, Stake};

declare_rule! {
    /// A function executes a text that it joins from its arguments: a caller can have it run what he likes.
    ///
    /// Use `format` with `%I` and `%L`, `quote_ident`, or `using`.
    ///
    /// ```sql,bad
    /// -- migration
    /// create function pick(t text) returns void language plpgsql as $$ begin execute 'delete from ' || t; end $$;
    /// ```
    /// ```sql,good
    /// -- migration
    /// create function pick(t text) returns void language plpgsql as $$ begin execute format('delete from %I', t); end $$;
    /// ```
    pub(super) static RULE = {
        name: "joined-sql",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: joined_sql,
    }
}

fn joined_sql(cx: &Cx, sink: &mut Sink<'_>) {
    for it in &cx.change.after.functions {
        let is_old =
            cx.change.before.functions.iter().any(|old| old.name == it.name && old.body == it.body);
        let body = it.body.to_lowercase();
        let parts =
            body.split("execute ").skip(1).map(|it| it.split(';').next().unwrap_or_default());
        let is_joined = |it: &str| {
            it.contains("||")
                && !it.contains("quote_")
                && !it.contains("%i")
                && !it.contains("regclass")
        };
        if !is_old && parts.into_iter().any(is_joined) {
            let risk = if it.is_definer { Risk::High } else { Risk::Medium };
            let claim = format!("`{}` executes a text that its caller has a part in", it.object());
            sink.whole(&it.object(), risk, claim)
                .stake(Stake::Access)
                .fix("Use `format` with `%I` and `%L`", "");
        }
    }
}
