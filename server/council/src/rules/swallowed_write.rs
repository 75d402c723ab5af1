use super::cx::{Cx, Sink};
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A rule answers writes with nothing: programs write, and no row changes.
    ///
    /// ```sql,bad
    /// create table notes (id bigint primary key, body text);
    /// -- migration
    /// create rule no_delete as on delete to notes do instead nothing;
    /// ```
    /// ```sql,good
    /// create table notes (id bigint primary key, body text);
    /// -- migration
    /// comment on table notes is 'do instead nothing';
    /// ```
    pub(super) static RULE = {
        name: "swallowed-write",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: swallowed_write,
    }
}

fn swallowed_write(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Create { kind: "rule", name } = &step.action else { continue };
        let words: Vec<&str> = step.raw.tokens.iter().map(|it| it.text.as_str()).collect();
        if words.ends_with(&["instead", "nothing"]) {
            let claim = format!("`{name}` drops writes without an error");
            sink.report(step, name, Risk::High, claim).stake(Stake::Data);
        }
    }
}
