use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::sql::Cursor;
use model::{Risk, Stake};

declare_rule! {
    /// A function that is called leakproof sees rows before policies hide them.
    ///
    /// The database runs it below the barrier of row security and of `security_barrier` views, on every row. What it writes, raises or stores of its arguments is told to whoever calls it.
    ///
    /// ```sql,bad
    /// -- migration
    /// create function is_like(text) returns boolean language sql leakproof set search_path = '' as $$ select true $$;
    /// ```
    /// ```sql,bad
    /// create function is_like(text) returns boolean language sql set search_path = '' as $$ select true $$;
    /// -- migration
    /// alter function is_like(text) leakproof;
    /// ```
    /// ```sql,good
    /// -- migration
    /// create function is_like(text) returns boolean language sql not leakproof set search_path = '' as $$ select true $$;
    /// ```
    pub(super) static RULE = {
        name: "leakproof-function",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: leakproof_function,
    }
}

fn leakproof_function(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let name = match &step.action {
            Action::CreateFunction(it, _) => &it.name,
            Action::AlterFunction { name, .. } => name,
            _ => continue,
        };
        let mut cursor = Cursor::new(&step.raw.tokens);
        let before = cursor.until(&["leakproof"]);
        if !cursor.is_done() && before.last().is_some_and(|it| it.text != "not") {
            let claim = format!("`{name}` is run on rows that policies hide");
            sink.report(step, name, Risk::High, claim)
                .stake(Stake::Access)
                .fix("Leave `leakproof` out", "");
        }
    }
}
