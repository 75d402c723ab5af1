use super::cx::{Cx, Sink};
use crate::change::Step;
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// A schema is dropped with everything in it.
    ///
    /// Drop what is in it by name, so that a reader sees what goes.
    ///
    /// ```sql,bad
    /// create schema legacy;
    /// create table legacy.items (id bigint primary key);
    /// -- migration
    /// set lock_timeout = '2s';
    /// drop schema legacy cascade;
    /// ```
    /// ```sql,bad
    /// create schema legacy;
    /// -- migration
    /// drop owned by app;
    /// ```
    /// ```sql,good
    /// -- migration
    /// set lock_timeout = '2s';
    /// create schema scratch;
    /// drop schema scratch;
    /// ```
    pub(super) static RULE = {
        name: "dropped-schema",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: dropped_schema,
    }
}

fn dropped_schema(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        match &step.action {
            Action::DropOwned { role } => {
                let claim = format!("drops everything that `{role}` owns");
                sink.report(step, role, Risk::Critical, claim).stake(Stake::Data);
            }
            Action::Drop(it) if it.kind == "database" => {
                sink.report(step, &it.names[0], Risk::Critical, "drops a database")
                    .stake(Stake::Data);
            }
            Action::Drop(it) if it.kind == "schema" => {
                for name in it.names.iter().filter(|it| !is_new(cx, step, it)) {
                    report(cx, sink, step, name, it.cascade);
                }
            }
            _ => {}
        }
    }
}

fn is_new(cx: &Cx, step: &Step, name: &str) -> bool {
    step.schema.has_other("schema", name) && !cx.change.before.has_other("schema", name)
}

fn report(cx: &Cx, sink: &mut Sink<'_>, step: &Step, name: &str, cascade: bool) {
    let inside = format!("{name}.");
    let tables = cx.change.before.tables.iter().filter(|it| it.name.starts_with(&inside));
    let tables: Vec<&str> = tables.map(|it| it.name.as_str()).collect();
    let (risk, claim) = match (cascade, tables.is_empty()) {
        (true, false) => {
            (Risk::Critical, format!("drops `{name}` with the rows of {}", tables.join(", ")))
        }
        (true, true) => (Risk::High, format!("drops `{name}` with everything in it")),
        (false, _) => (Risk::Medium, format!("drops the schema `{name}`, which must be empty")),
    };
    sink.report(step, name, risk, claim).stake(Stake::Data).fix("Drop what is in it by name", "");
}
