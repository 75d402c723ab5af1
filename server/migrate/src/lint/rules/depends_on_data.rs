use crate::lint::planned::{PlanCx, PlanSink};

declare_lint! {
    /// Whether a step runs depends on rows that nobody has counted.
    ///
    /// Either there is no database to ask, or it did not answer in time. The runner asks again before it
    /// changes anything, and refuses when a row stands in the way.
    ///
    /// ```yaml,bad
    /// add_table: {name: items, columns: [id bigint pk, title text], rls: deny}
    /// # next
    /// # no database
    /// alter_column: {table: items, column: title, nullable: false}
    /// ```
    /// ```yaml,good
    /// add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// # next
    /// alter_column: {table: items, column: title, nullable: false}
    /// ```
    pub(super) static RULE = {
        name: "depends-on-data",
        group: Data,
        severity: Info,
        since: "0.1.0",
        plan: depends_on_data,
    }
}

fn depends_on_data(cx: &PlanCx<'_>, sink: &mut PlanSink<'_>) {
    for (index, step) in cx.steps() {
        match cx.facts {
            None => {
                for it in &step.checks {
                    sink.report(index, format!("fails if {}", it.complaint)).about(&it.object);
                }
            }
            Some(facts) => {
                let own = facts.answers.iter().filter(|it| it.0 == index && !it.1.is_obstacle());
                for it in own {
                    sink.report(index, it.1.to_string());
                }
            }
        }
    }
}
