use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::sql::Cursor;
use model::Risk;

declare_rule! {
    /// An extension is made in a version that is written down.
    ///
    /// A server that no longer has it refuses the migration, and what was mended since is missing. Leave the version to the server.
    ///
    /// ```sql,bad
    /// -- migration
    /// create extension if not exists pgcrypto version '1.2';
    /// ```
    /// ```sql,good
    /// -- migration
    /// create extension if not exists pgcrypto;
    /// ```
    pub(super) static RULE = {
        name: "pinned-extension",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: pinned_extension,
    }
}

fn pinned_extension(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Create { kind: "extension", name } = &step.action else { continue };
        if Cursor::new(&step.raw.tokens).find("version") {
            let claim = format!("`{name}` is kept to a version, whatever the server has");
            sink.report(step, name, Risk::Low, claim).fix("Leave the version to the server", "");
        }
    }
}
