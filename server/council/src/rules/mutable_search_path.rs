use super::cx::{Cx, Sink};
use crate::ddl::Action;
use model::Risk;

declare_rule! {
    /// A function finds names where the session of its caller says.
    ///
    /// The same call does something else in a session with another `search_path`, and an index or a dump that calls it can fail. Set its path.
    ///
    /// ```sql,bad
    /// -- migration
    /// create function full_name(a text, b text) returns text language sql as $$ select a || ' ' || b $$;
    /// ```
    /// ```sql,good
    /// -- migration
    /// create function full_name(a text, b text) returns text language sql set search_path = '' as $$ select a || ' ' || b $$;
    /// ```
    pub(super) static RULE = {
        name: "mutable-search-path",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: mutable_search_path,
    }
}

fn mutable_search_path(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::CreateFunction(it, _) = &step.action else { continue };
        // A body of statements, and not of text, is bound when it is made.
        let is_text = matches!(it.language.as_str(), "sql" | "plpgsql")
            && !step.raw.tokens.iter().any(|it| it.text == "atomic");
        let now = cx.change.after.function(it);
        if is_text && now.is_some_and(|it| !it.has_search_path && !it.is_definer) {
            let object = it.object();
            let claim = format!("`{object}` finds names where the session of its caller says");
            sink.report(step, &object, Risk::Low, claim)
                .fix("Set its path", format!("alter function {object} set search_path = '';"));
        }
    }
}
