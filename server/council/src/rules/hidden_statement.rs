use super::cx::{Cx, Sink};
use crate::ddl::Action;
use model::{Risk, Stake};

declare_rule! {
    /// The migration executes a text that it puts together from what only the server knows.
    ///
    /// A text of constants is read like any other statement. Of one with the name of a table that comes from a query or a variable, nobody can say what it reaches: write the statements down, one for each table.
    ///
    /// ```sql,bad
    /// -- migration
    /// do $$ declare r record; begin for r in select tablename from pg_tables where schemaname = 'public' loop execute format('drop table %I cascade', r.tablename); end loop; end $$;
    /// ```
    /// ```sql,good
    /// -- migration
    /// do $$ declare r record; begin for r in select tablename from pg_tables where schemaname = 'public' loop execute format('comment on table %I is %L', r.tablename, 'checked'); end loop; end $$;
    /// ```
    pub(super) static RULE = {
        name: "hidden-statement",
        group: NetChange,
        class: DataLoss,
        since: "0.1.0",
        check: hidden_statement,
    }
}

fn hidden_statement(cx: &Cx, sink: &mut Sink<'_>) {
    for step in &cx.change.steps {
        let Action::Unread { verb } = &step.action else { continue };
        let (risk, stake, claim) = match verb.as_deref() {
            Some(verb @ ("drop" | "truncate" | "delete")) => {
                (Risk::High, Stake::Data, format!("executes a `{verb}` of what cannot be told"))
            }
            Some(verb @ ("grant" | "revoke")) => {
                (Risk::Medium, Stake::Access, format!("executes a `{verb}` that cannot be read"))
            }
            Some(verb @ ("alter" | "update" | "merge")) => {
                (Risk::Medium, Stake::Data, format!("executes an `{verb}` that cannot be read"))
            }
            Some(_) => continue,
            None => (Risk::Medium, Stake::Data, "executes a text that cannot be read".to_owned()),
        };
        sink.report(step, "execute", risk, claim).stake(stake).fix("Write the statements down", "");
    }
}
