use super::cx::{Cx, Sink};
use crate::change::Step;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A pragma takes away what keeps a SQLite database whole.
    ///
    /// With `writable_schema` the schema is changed as text, and a wrong word makes the file unreadable. `ignore_check_constraints` lets in what the tables refuse. Without a journal a crash leaves half of the change.
    ///
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// pragma writable_schema = on;
    /// update sqlite_master set sql = 'create table p (id integer primary key)' where name = 'p';
    /// ```
    /// ```sqlite,bad
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// pragma journal_mode = off;
    /// ```
    /// ```sqlite,good
    /// create table p (id integer primary key, n text);
    /// -- migration
    /// pragma foreign_keys = on;
    /// ```
    pub(super) static RULE = {
        name: "unsafe-pragma",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: unsafe_pragma,
    }
}

fn unsafe_pragma(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Pragma { name, value: Some(value) } = &step.action else { continue };
        let name = name.rsplit('.').next().unwrap_or(name);
        let is_on = matches!(value.as_str(), "on" | "1" | "true" | "yes");
        let is_off = matches!(value.as_str(), "off" | "0" | "false" | "no" | "memory");
        let (risk, claim) = match name {
            "writable_schema" if is_on => {
                (Risk::High, "changes the schema as text, which can make the file unreadable")
            }
            "ignore_check_constraints" if is_on => {
                (Risk::High, "lets in rows that the checks of their tables refuse")
            }
            "journal_mode" if is_off => {
                (Risk::High, "a crash from here on leaves half of the change")
            }
            "synchronous" if is_off && value != "memory" => {
                (Risk::Medium, "a loss of power from here on can damage the file")
            }
            _ => continue,
        };
        sink.report(step, name, risk, claim).stake(Stake::Data);
    }
    let keys =
        |it: &&Step| matches!(&it.action, Action::Pragma { name, .. } if name == "foreign_keys");
    let last = cx.change.steps.iter().rfind(keys);
    let off = |it: &&Step| matches!(&it.action, Action::Pragma { value: Some(value), .. } if matches!(value.as_str(), "off" | "0" | "false" | "no"));
    if let Some(step) = last.filter(off) {
        let claim = "foreign keys stay off for whatever runs on this connection afterwards";
        sink.report(step, "foreign_keys", Risk::Low, claim)
            .fix("Switch them on again", "pragma foreign_keys = on;");
    }
}
