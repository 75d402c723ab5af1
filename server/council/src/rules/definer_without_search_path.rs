use super::cx::{Cx, Sink};
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A function runs with its owner's rights and looks names up where its caller says.
    ///
    /// Who can make a table or function in a schema of the caller's path takes the owner's rights. Set `search_path` on the function.
    ///
    /// ```sql,bad
    /// -- migration
    /// create function f() returns integer language sql security definer as $$ select 1 $$;
    /// ```
    /// ```sql,good
    /// -- migration
    /// create function f() returns integer language sql security definer set search_path = '' as $$ select 1 $$;
    /// ```
    pub(super) static RULE = {
        name: "definer-without-search-path",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: definer_without_search_path,
    }
}

fn definer_without_search_path(cx: &Cx, sink: &mut Sink<'_>) {
    for it in cx.change.after.functions.iter().filter(|it| it.is_definer && !it.has_search_path) {
        let old = cx.change.before.function(it);
        if old.is_some_and(|old| old.is_definer && !old.has_search_path) {
            continue;
        }
        let claim =
            format!("`{}` runs as its owner and finds names where its caller says", it.object());
        sink.whole(&it.object(), Risk::High, claim)
            .stake(Stake::Access)
            .fix("Set its path", format!("alter function {} set search_path = '';", it.object()));
    }
    for step in &cx.change.steps {
        let Action::AlterFunction { name, options, .. } = &step.action else { continue };
        let is_unknown = !step.schema.functions.iter().any(|it| it.name == *name);
        if is_unknown
            && (options.is_definer == Some(true) && options.has_search_path != Some(true)
                || options.has_search_path == Some(false))
        {
            let claim = format!("`{name}` runs as its owner and finds names where its caller says");
            sink.report(step, name, Risk::High, claim).stake(Stake::Access);
        }
    }
}
