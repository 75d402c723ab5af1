use super::cx::{Cx, Sink};
use crate::sql::Cursor;
use model::{Risk, Stake};

declare_rule! {
    /// A sequence ends sooner than it did, or turns round, and inserts fail from there on.
    ///
    /// A smaller type or `maxvalue` is refused only when the sequence is beyond it already.
    ///
    /// ```sql,bad
    /// create sequence order_no;
    /// -- migration
    /// alter sequence order_no as integer;
    /// ```
    /// ```sql,bad
    /// create sequence order_no;
    /// -- migration
    /// alter sequence order_no maxvalue 100000;
    /// ```
    /// ```sql,good
    /// create sequence order_no as integer;
    /// -- migration
    /// alter sequence order_no as bigint no maxvalue;
    /// ```
    pub(super) static RULE = {
        name: "shrunk-sequence",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: shrunk_sequence,
    }
}

fn shrunk_sequence(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let mut cursor = Cursor::new(&step.raw.tokens);
        if !cursor.eat("alter sequence") {
            continue;
        }
        cursor.eat("if exists");
        let Some(name) = cursor.name() else { continue };
        let is_new = step.schema.has_other("sequence", &name)
            && !cx.change.before.has_other("sequence", &name);
        let has = |words: &str| cursor.clone().find(words);
        let is_small = ["as integer", "as int", "as smallint"].iter().any(|it| has(it));
        let is_bounded = has("maxvalue") && !has("no maxvalue");
        let mut step_by = cursor.clone();
        let turns = step_by.find("increment") && {
            step_by.eat("by");
            step_by.eat("-")
        };
        if turns && !is_new {
            let claim = format!("`{name}` counts backwards, over numbers that rows have");
            sink.report(step, &name, Risk::Medium, claim).stake(Stake::Service);
        }
        if !is_new && (is_small || is_bounded) {
            let claim = format!("`{name}` ends sooner: no number comes after its last");
            sink.report(step, &name, Risk::Medium, claim).stake(Stake::Service);
        }
    }
}
