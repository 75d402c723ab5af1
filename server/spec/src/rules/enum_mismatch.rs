use super::cx::BlockCx;
use super::notes::{Notes, PlacedNote};
use super::words::stem;
use super::{Sink, SpecCx, mend};
use crate::facts::Fact;
use crate::pattern::compile;
use crate::read::names;
use model::{Column, DocumentId, Modality, Span, Table};
use regex::Regex;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;
use std::sync::LazyLock;

declare_rule! {
    /// The values of one column are listed in two ways.
    ///
    /// Lists in the model are compared with each other and with sentences such as "an order's status
    /// is one of: draft, paid".
    ///
    /// ```md,bad
    /// ## Data model
    /// ### orders
    /// - id: uuid
    /// - total: int
    /// - status: draft | paid | shipped
    ///
    /// ## Database schema
    /// ### orders
    /// - id: uuid
    /// - total: int
    /// - status: draft | paid | sent
    /// ```
    /// ```md,good
    /// ## Data model
    /// ### orders
    /// - id: uuid
    /// - total: int
    /// - status: draft | paid | shipped
    ///
    /// ## Database schema
    /// ### orders
    /// - id: uuid
    /// - total: int
    /// - status: draft | paid | shipped
    /// ```
    pub(super) static RULE = {
        name: "enum-mismatch",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Joined(note, join),
    }
}

struct Listing {
    document: DocumentId,
    span: Span,
    values: BTreeSet<String>,
}

/// "A loan's status is one of: requested, confirmed".
static SENTENCE: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?P<a>\w+)(?:['’]s)? (?P<b>\w+)(?: values?)? (?:is|are|can be|may be|must be)(?: one of| any of| either)?\s*:? (?P<values>[\w-]+(?:, (?:or )?[\w-]+)+(?:,? or [\w-]+)?)|\b(?P<b2>\w+) (?:of (?:an?|the|each)|de[rs]? (?:une?|einer|eines)?|del?|d[ao]) (?P<a2>\w+)(?:,? \w+){0,3}: (?P<values2>[\w-]+(?:, [\w-]+)+(?:,? (?:or|oder|ou|o) [\w-]+)?)",
    )
});

fn note(cx: &BlockCx<'_>, notes: &mut Notes<'_>) {
    for line in cx.statements().filter(|it| !it.in_table && it.text().contains(", ")) {
        for found in SENTENCE.captures_iter(line.text()) {
            let group = |a: &str, b: &str| found.name(a).or_else(|| found.name(b));
            let (Some(owner), Some(field), Some(values)) =
                (group("a", "a2"), group("b", "b2"), group("values", "values2"))
            else {
                continue;
            };
            let key = format!("{} {}", stem(owner.as_str()), field.as_str().to_lowercase());
            let place = line.place(values.range());
            notes.take("sentence", place, line.scope.modality(), key, values.as_str());
        }
    }
}

/// Compares lists in sentences with the columns they speak of.
fn join(cx: &SpecCx<'_>, notes: &[PlacedNote<'_>], sink: &mut Sink<'_>) {
    columns(cx, sink);
    let in_scope: Vec<_> =
        notes.iter().filter(|it| it.note.modality == Modality::InScope).collect();
    if in_scope.is_empty() {
        return;
    }
    let mut by_stem: FxHashMap<String, &Table> = FxHashMap::default();
    for table in cx.analysis.detection.tables.iter().filter(|it| it.explicit) {
        by_stem.entry(stem(&table.name)).or_insert(table);
    }
    for it in in_scope {
        let Some((owner, field)) = it.note.key.split_once(' ') else { continue };
        let column = by_stem.get(owner).and_then(|table| {
            let column = table.columns.iter().find(|it| it.name == field)?;
            Some((table, column, column_values(cx, column)?))
        });
        let Some((table, column, listed)) = column else { continue };
        let here = Listing { document: it.document, span: it.span, values: values(&it.note.value) };
        let there = Listing { document: column.document, span: column.span, values: listed };
        // Words that are in neither list are prose, not values.
        if here.values != there.values && here.values.intersection(&there.values).count() > 1 {
            report(&table.name, &column.name, &there, &here, sink);
        }
    }
}

/// The values of a column: as read, or the cell of its row that is nothing but a list of words.
fn column_values(cx: &SpecCx<'_>, column: &Column) -> Option<BTreeSet<String>> {
    const VALUES_MIN: usize = 2;
    if column.values.len() >= VALUES_MIN {
        return Some(column.values.iter().map(|it| it.trim().to_lowercase()).collect());
    }
    let is_word = |it: &str| {
        let it = it.trim().trim_matches('`');
        !it.is_empty() && it.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '-')
    };
    let row = mend::sentence(cx, column.document, column.span);
    let cell = row
        .split('|')
        .map(str::trim)
        .find(|it| it.matches(',').count() >= VALUES_MIN && it.split(',').all(is_word))?;
    Some(values(cell))
}

fn values(text: &str) -> BTreeSet<String> {
    let words = text.split(|it: char| !it.is_alphanumeric() && it != '_' && it != '-');
    words
        .filter(|it| !it.is_empty() && !["or", "and", "oder", "ou", "o"].contains(it))
        .map(str::to_lowercase)
        .collect()
}

fn columns(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let mut first: FxHashMap<(String, String), Listing> = FxHashMap::default();
    for (document, chunks) in (0u32..).map(DocumentId).zip(&cx.analysis.facts) {
        for placed in chunks {
            for fact in &placed.facts.facts {
                let Fact::Table(table) = fact else { continue };
                if table.sighting.modality != Modality::InScope {
                    continue;
                }
                for column in table.columns.iter().filter(|it| it.values.len() > 1) {
                    let key = (names::singular(&table.name), column.name.clone());
                    let values = column.values.iter().map(|it| it.trim().to_lowercase()).collect();
                    let it = Listing { document, span: column.span.shift(placed.start), values };
                    match first.get(&key) {
                        Some(before) if before.values != it.values => {
                            report(&table.name, &column.name, before, &it, sink);
                        }
                        Some(_) => {}
                        None => {
                            first.insert(key, it);
                        }
                    }
                }
            }
        }
    }
}

fn report(table: &str, column: &str, before: &Listing, it: &Listing, sink: &mut Sink<'_>) {
    let only = |a: &Listing, b: &Listing| {
        let names: Vec<String> =
            a.values.difference(&b.values).map(|it| format!("`{it}`")).collect();
        if names.is_empty() { "nothing more".to_owned() } else { names.join(", ") }
    };
    sink.report(
        it.document,
        it.span,
        format!(
            "`{table}.{column}` is listed in two ways: here {}, there {}",
            only(it, before),
            only(before, it)
        ),
    )
    .related(before.document, before.span, "the other list");
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    #[test]
    fn a_sentence_is_compared_with_the_column_it_speaks_of() {
        check(
            "## Data model\n\n### loans\n\n| Column | Type | Notes |\n|---|---|---|\n| id | uuid | primary key |\n| status | text | requested, active, returned |\n| note | text | |\n\nA loan's `status` is one of: requested, active, overdue.\n",
            expect![[r#"
                11: warning[enum-mismatch] "requested, active, overdue" `loans.status` is listed in two ways: here `overdue`, there `returned`
                  see 8: "status" the other list
            "#]],
        );
    }

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["enum-mismatch"]));
    }
}
