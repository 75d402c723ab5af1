use super::cx::{Cx, Sink};
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A sequence is dropped, and with it the number that it had come to.
    ///
    /// One that is made again starts at its first number, which rows have. Keep it, or make it again with `start with` behind the largest number that was given.
    ///
    /// ```sql,bad
    /// create sequence invoice_no;
    /// -- migration
    /// drop sequence invoice_no;
    /// ```
    /// ```sql,good
    /// -- migration
    /// create sequence invoice_no;
    /// drop sequence invoice_no;
    /// ```
    pub(super) static RULE = {
        name: "dropped-sequence",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: dropped_sequence,
    }
}

fn dropped_sequence(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Drop(it) = &step.action else { continue };
        for name in it.names.iter().filter(|_| it.kind == "sequence") {
            let is_known = step.schema.has_other("sequence", name);
            let is_own = is_known && !cx.change.before.has_other("sequence", name);
            // One that may not be there, of which nothing is known, was not.
            let is_absent =
                !is_known && cx.change.has_base && step.raw.tokens.iter().any(|it| it.text == "if");
            if !is_own && !is_absent {
                let claim =
                    format!("the count of `{name}` is lost, and what asks it for a number fails");
                sink.report(step, name, Risk::High, claim).stake(Stake::Data).fix("Keep it", "");
            }
        }
    }
}
