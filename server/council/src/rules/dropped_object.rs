use super::cx::{Cx, Sink};
use crate::change::Step;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A type, extension, role or publication is gone, and what uses it fails or falls silent.
    ///
    /// Programs name types in their statements, connect as roles, and follow publications; the server looks only for what stands in its own catalog.
    ///
    /// ```sql,bad
    /// create type mood as enum ('sad', 'ok');
    /// -- migration
    /// drop type mood;
    /// ```
    /// ```sql,good
    /// -- migration
    /// create type mood as enum ('sad', 'ok');
    /// drop type mood;
    /// ```
    pub(super) static RULE = {
        name: "dropped-object",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: dropped_object,
    }
}

fn dropped_object(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        // What `cascade` takes with it is told by another rule.
        let Action::Drop(it) = &step.action else { continue };
        let risk = match it.kind {
            "type" | "domain" | "extension" | "role" | "publication" | "event trigger"
                if !it.cascade =>
            {
                Risk::Medium
            }
            _ => continue,
        };
        for name in it.names.iter().filter(|name| !cx.change.steps.iter().any(|it| makes(it, name)))
        {
            if is_known(cx, it.kind, name) {
                let claim = format!("drops the {} `{name}`, and what uses it fails", it.kind);
                sink.report(step, name, risk, claim).stake(Stake::Service);
            }
        }
    }
}

/// Whether it was there, as far as the base can say.
fn is_known(cx: &Cx, kind: &str, name: &str) -> bool {
    let before = &cx.change.before;
    let is_told = !matches!(kind, "role" | "publication") && cx.change.has_base;
    !is_told || before.has_other(kind, name) || before.enums.iter().any(|it| it.name == name)
}

/// Whether a statement makes something of that name, before it is dropped or in its place.
fn makes(step: &Step, name: &str) -> bool {
    match &step.action {
        Action::Create { name: made, .. }
        | Action::CreateDomain { name: made, .. }
        | Action::CreateEnum { name: made, .. }
        | Action::Rename { to: made, .. }
        | Action::AddToPublication { publication: made, .. } => made == name,
        Action::Role { name: made, .. } => made == name && step.raw.tokens[0].text == "create",
        _ => false,
    }
}
