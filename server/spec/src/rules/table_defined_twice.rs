use super::{Sink, SpecCx};
use crate::facts::{ColumnFact, Fact, TableFact};
use crate::read::names;
use model::{Confidence, DocumentId, Modality, Span};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::hash_map::Entry;

declare_rule! {
    /// A table is defined in two places, and each has fields that the other lacks.
    ///
    /// A diagram or summary that only leaves fields out is no second definition.
    ///
    /// ```md,bad
    /// ## Data model
    /// ### users
    /// - id: uuid
    /// - email: text
    /// - full_name: text
    ///
    /// ## Database schema
    /// ### users
    /// - id: uuid
    /// - email: text
    /// - nickname: text
    /// ```
    /// ```md,good
    /// ## Data model
    /// ### users
    /// - id: uuid
    /// - email: text
    /// - full_name: text
    ///
    /// ## Database schema
    /// ### users
    /// - id: uuid
    /// - email: text
    /// ```
    pub(super) static RULE = {
        name: "table-defined-twice",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Spec(table_defined_twice),
    }
}

/// A shorter list of columns is an example or a mention.
const COLUMNS_MIN: usize = 3;

struct Definition<'a> {
    fact: &'a TableFact,
    document: DocumentId,
    span: Span,
}

impl Definition<'_> {
    fn names(&self) -> FxHashSet<String> {
        self.fact.columns.iter().map(canonical).collect()
    }
}

fn table_defined_twice(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    let mut first: FxHashMap<String, Definition<'_>> = FxHashMap::default();
    for (document, chunks) in (0u32..).map(DocumentId).zip(&cx.analysis.facts) {
        for placed in chunks {
            for fact in &placed.facts.facts {
                let Fact::Table(fact) = fact else { continue };
                if !defines(fact) {
                    continue;
                }
                let it =
                    Definition { fact, document, span: fact.sighting.span.shift(placed.start) };
                match first.entry(names::singular(&fact.name)) {
                    Entry::Occupied(before) => compare(before.get(), &it, sink),
                    Entry::Vacant(place) => {
                        place.insert(it);
                    }
                }
            }
        }
    }
}

fn defines(fact: &TableFact) -> bool {
    // A list without types or keys is a summary, which may group and rename fields.
    let typed = fact.columns.iter().filter(|it| it.ty.is_some() || it.primary).count();
    fact.columns.len() >= COLUMNS_MIN
        && typed * 2 >= fact.columns.len()
        && fact.sighting.modality == Modality::InScope
        && fact.sighting.confidence >= Confidence::REQUIRED
}

fn compare(before: &Definition<'_>, it: &Definition<'_>, sink: &mut Sink<'_>) {
    let (columns, columns_before) = (&it.fact.columns, &before.fact.columns);
    if columns.iter().map(|it| &it.name).eq(columns_before.iter().map(|it| &it.name)) {
        return;
    }
    let (names, names_before) = (it.names(), before.names());
    let only = |a: &Definition<'_>, b: &FxHashSet<String>| -> Vec<String> {
        let missing = a.fact.columns.iter().filter(|it| !b.contains(&canonical(it)));
        missing.map(|it| format!("`{}`", it.name)).collect()
    };
    let (here, there) = (only(it, &names_before), only(before, &names));
    let shared = names.intersection(&names_before).count();
    // Without anything in common they are two things of one name.
    if here.is_empty() || there.is_empty() || shared == 0 {
        return;
    }
    let list = |it: &[String]| it.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    sink.report(
        it.document,
        it.span,
        format!(
            "`{}` is defined twice: only here {}, only there {}",
            it.fact.name,
            list(&here),
            list(&there)
        ),
    )
    .related(before.document, before.span, "the first definition");
}

/// Spelling aside: `createdAt`, `created_at`, and `user` for `user_id`.
fn canonical(it: &ColumnFact) -> String {
    let plain: String = it.name.chars().filter(|it| it.is_alphanumeric()).collect();
    let plain = plain.to_lowercase();
    plain.strip_suffix("id").filter(|it| !it.is_empty()).unwrap_or(&plain).to_owned()
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    #[test]
    fn the_first_definition_and_the_differences_are_shown() {
        check(
            "## Data model\n\n```sql\ncreate table notes (id uuid primary key, title text, body text, pinned bool);\n```\n\n```sql\ncreate table notes (id uuid primary key, title text, content text);\n```\n",
            expect![[r#"
                8: warning[table-defined-twice] "notes" `notes` is defined twice: only here `content`, only there `body`, `pinned`
                  see 4: "notes" the first definition
            "#]],
        );
    }

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["table-defined-twice"]));
    }
}
