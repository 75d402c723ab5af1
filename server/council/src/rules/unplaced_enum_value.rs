use super::cx::{Cx, Sink};
use crate::ddl::Action;
use crate::sql::Cursor;
use model::Risk;

declare_rule! {
    /// A value is added to an enum without a word on its place.
    ///
    /// It comes last, and `order by` follows. Say `before` or `after`.
    ///
    /// ```sql,bad
    /// create type mood as enum ('sad', 'ok');
    /// -- migration
    /// alter type mood add value 'great';
    /// ```
    /// ```sql,good
    /// create type mood as enum ('sad', 'ok');
    /// -- migration
    /// alter type mood add value 'great' after 'ok';
    /// ```
    pub(super) static RULE = {
        name: "unplaced-enum-value",
        group: NetChange,
        class: Compatibility,
        since: "0.1.0",
        check: unplaced_enum_value,
    }
}

fn unplaced_enum_value(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::AddEnumValue { name, value } = &step.action else { continue };
        let mut cursor = Cursor::new(&step.raw.tokens);
        cursor.until(&["before", "after"]);
        if cursor.is_done() {
            let claim = format!("`{value}` comes last in `{name}`, and sorts there");
            sink.report(step, name, Risk::Info, claim).fix("Say `before` or `after`", "");
        }
    }
}
