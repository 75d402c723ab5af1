use super::cx::{Cx, Sink};
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A value of an enum has another name, and clients that send or compare the old one fail.
    ///
    /// ```sql,bad
    /// create type mood as enum ('sad', 'ok');
    /// -- migration
    /// alter type mood rename value 'sad' to 'blue';
    /// ```
    /// ```sql,good
    /// create type mood as enum ('sad', 'ok');
    /// -- migration
    /// alter type mood add value 'blue';
    /// ```
    pub(super) static RULE = {
        name: "renamed-enum-value",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: renamed_enum_value,
    }
}

fn renamed_enum_value(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::RenameEnumValue { name, from, to } = &step.action else { continue };
        let known = cx.change.before.enums.iter().any(|it| it.name == *name);
        if known || !step.schema.enums.iter().any(|it| it.name == *name) {
            let claim = format!("clients that use `{from}` of `{name}` fail: it becomes `{to}`");
            sink.report(step, name, Risk::Medium, claim).stake(Stake::Service).fix(
                "Add the new value, and move rows and clients to it",
                format!("alter type {name} add value '{to}';"),
            );
        }
    }
}
