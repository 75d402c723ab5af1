use crate::lint::planned::{PlanCx, PlanSink};

declare_lint! {
    /// Rows of the live database stand in the way, and the migration would be refused.
    ///
    /// They are counted by reading the development database, for two seconds at most, and a few are named
    /// by their keys. Fill or mend them first, in a migration before this one, or ask for less: a default,
    /// a column that may be NULL.
    ///
    /// ```yaml,bad
    /// operations:
    /// - add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// - seed: {table: items, key: [id], rows: [{id: 7, title: a, code: x}, {id: 9, code: x}]}
    /// # next
    /// alter_column: {table: items, column: title, nullable: false}
    /// ```
    /// ```yaml,good
    /// operations:
    /// - add_table: {name: items, columns: [id bigint pk, title text, code text], rls: deny}
    /// - seed: {table: items, key: [id], rows: [{id: 7, title: a, code: x}, {id: 9, code: x}]}
    /// # next
    /// alter_column: {table: items, column: code, nullable: false}
    /// ```
    pub(super) static RULE = {
        name: "data-in-the-way",
        group: Data,
        severity: Error,
        since: "0.1.0",
        plan: data_in_the_way,
    }
}

fn data_in_the_way(cx: &PlanCx<'_>, sink: &mut PlanSink<'_>) {
    let answers = cx.facts.into_iter().flat_map(|it| &it.answers);
    for (index, answer) in answers.filter(|it| it.1.is_obstacle()) {
        let step = cx.plan.steps.get(*index);
        let checks = step.map(|it| it.checks.as_slice()).unwrap_or_default();
        let finding = sink.report(*index, answer.to_string());
        if let Some(check) = checks.iter().find(|it| it.complaint == answer.complaint) {
            finding.about(&check.object);
        }
    }
}
