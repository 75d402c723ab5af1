use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::sql::Cursor;
use model::{Risk, Stake};

declare_rule! {
    /// An extension is put into `public`, where an API that serves the schema offers its functions to everybody.
    ///
    /// Give extensions a schema of their own.
    ///
    /// ```sql,bad
    /// -- migration
    /// create extension if not exists pgcrypto schema public;
    /// ```
    /// ```sql,bad
    /// -- migration
    /// alter extension pgcrypto set schema public;
    /// ```
    /// ```sql,good
    /// -- migration
    /// create schema if not exists extensions;
    /// create extension if not exists pgcrypto with schema extensions;
    /// ```
    pub(super) static RULE = {
        name: "extension-in-public",
        group: Access,
        class: Security,
        since: "0.1.0",
        check: extension_in_public,
    }
}

fn extension_in_public(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let name = match &step.action {
            Action::Create { kind: "extension", name } => name,
            Action::SetSchema { kind: "extension", name, .. } => name,
            _ => continue,
        };
        if Cursor::new(&step.raw.tokens).find("schema public") {
            let claim = format!(
                "the functions of `{name}` are where an API that serves `public` finds them"
            );
            sink.report(step, name, Risk::Medium, claim).stake(Stake::Access).fix(
                "Give it a schema of its own",
                format!("create extension {name} with schema extensions;"),
            );
        }
    }
}
