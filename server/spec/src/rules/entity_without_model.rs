use super::{Sink, SpecCx, mend};
use crate::facts::Fact;
use crate::read::names;
use model::{Confidence, DocumentId, Modality, Span, Table};
use rustc_hash::{FxHashMap, FxHashSet};

declare_rule! {
    /// The text creates or lists a thing that the data model does not have.
    ///
    /// Only where the spec has a data model of at least two tables with columns. The thing must be
    /// created, be named more than once, and be no part of a modelled table's or column's name.
    ///
    /// ```md,bad
    /// ## Features
    /// - Users can create invoices.
    /// - Users can list invoices and delete invoices.
    ///
    /// ## Data model
    /// ### users
    /// - id: uuid
    /// - email: text
    /// - name: text
    ///
    /// ### orders
    /// - id: uuid
    /// - user_id: uuid
    /// - total: int
    /// ```
    /// ```md,good
    /// ## Features
    /// - Users can create orders.
    /// - Users can list orders and delete orders.
    ///
    /// ## Data model
    /// ### users
    /// - id: uuid
    /// - email: text
    /// - name: text
    ///
    /// ### orders
    /// - id: uuid
    /// - user_id: uuid
    /// - total: int
    /// ```
    pub(super) static RULE = {
        name: "entity-without-model",
        group: Backend,
        severity: Info,
        since: "0.1.0",
        check: Spec(entity_without_model),
    }
}

fn entity_without_model(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let tables = &cx.analysis.detection.tables;
    let model = tables.iter().filter(|it| it.explicit && it.is_required() && it.columns.len() > 1);
    if model.count() < 2 {
        return;
    }
    let candidates: Vec<&Table> =
        tables.iter().filter(|it| !it.explicit && is_likely(it) && it.evidence.len() > 1).collect();
    if candidates.is_empty() {
        return;
    }
    let known = known(tables);
    let unknown: FxHashMap<&str, &Table> = candidates
        .into_iter()
        .filter(|it| !names::singular(&it.name).split('_').any(|part| known.contains(part)))
        .map(|it| (it.name.as_str(), it))
        .collect();
    if unknown.is_empty() {
        return;
    }
    let mut told: FxHashSet<&str> = FxHashSet::default();
    for (document, chunks) in (0u32..).map(DocumentId).zip(&cx.analysis.facts) {
        for placed in chunks {
            for fact in &placed.facts.facts {
                let Fact::Entity(fact) = fact else { continue };
                let created = fact.deed.makes() && fact.sighting.modality == Modality::InScope;
                let Some(table) = unknown.get(fact.name.as_str()).filter(|_| created) else {
                    continue;
                };
                if told.insert(&table.name) {
                    let span = fact.sighting.span.shift(placed.start);
                    report(cx, document, span, table, sink);
                }
            }
        }
    }
}

/// Whether prose makes it likely enough that the table is needed to ask for it. Beside a model all
/// things of prose are less likely rows, which is what this rule is there to ask about.
fn is_likely(table: &Table) -> bool {
    const LIKELY: Confidence = Confidence::percent(25);
    table.modality == Modality::InScope && table.confidence >= LIKELY
}

fn report(cx: &SpecCx<'_>, document: DocumentId, span: Span, table: &Table, sink: &mut Sink<'_>) {
    let name = &table.name;
    let written = cx.documents[document.0 as usize].slice(span);
    let fix = mend::declare_table(cx, document, name, true);
    let message = format!("`{written}` is created here, but the data model has no such table");
    sink.report(document, span, message).fix(format!("Declare table `{name}`"), vec![fix], false);
}

/// The parts of the names of modelled tables and columns: prose may call a thing by one of them.
fn known(tables: &[Table]) -> FxHashSet<String> {
    let names = tables
        .iter()
        .filter(|it| it.explicit)
        .flat_map(|it| std::iter::once(&it.name).chain(it.columns.iter().map(|it| &it.name)));
    // Accounts may live in the sign-in service.
    let mut out = FxHashSet::from_iter(["user".to_owned(), "account".to_owned()]);
    for name in names.map(|it| names::singular(it)) {
        out.extend(name.split('_').filter(|it| *it != "id").map(names::singular));
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    #[test]
    fn the_mend_writes_a_field_table_behind_the_model() {
        check(
            "## Features\n\n- Users can create invoices.\n- Users can list invoices and delete invoices.\n\n## Data model\n\n### users\n- id: uuid\n- email: text\n- name: text\n\n### orders\n- id: uuid\n- user_id: uuid\n- total: int\n\n## Launch\n\nSoon.\n",
            expect![[r####"
                3: info[entity-without-model] "invoices" `invoices` is created here, but the data model has no such table
                  fix: Declare table `invoices`
                    18 "" -> "### invoices\n\n| column | type | notes |\n| --- | --- | --- |\n| id | uuid | primary key |\n| user_id | uuid | references users.id |\n| created_at | timestamptz | not null |\n\n"
            "####]],
        );
    }

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["entity-without-model"]));
    }
}
