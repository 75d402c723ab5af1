use super::{Sink, SpecCx};
use crate::requirements::{Requirement, Shape};
use rustc_hash::{FxHashMap, FxHashSet};

declare_rule! {
    /// Two different requirements have the same id, so a reference to it is ambiguous.
    ///
    /// A row or item that repeats a requirement in a summary, roadmap or test plan is no double:
    /// only requirements of the same shape that say different things count.
    ///
    /// ```md,bad
    /// - **FR-001**: Users MUST be able to export their invoices as PDF.
    /// - **FR-001**: Administrators MUST approve new suppliers.
    /// ```
    /// ```md,good
    /// - **FR-001**: Users MUST be able to export their invoices as PDF.
    /// - **FR-002**: Administrators MUST approve new suppliers.
    /// ```
    pub(super) static RULE = {
        name: "duplicate-requirement-id",
        group: Structure,
        severity: Warning,
        since: "0.1.0",
        check: Spec(duplicate_requirement_id),
    }
}

fn duplicate_requirement_id(cx: &SpecCx<'_>, sink: &mut Sink<'_>) {
    for (document, all) in cx.requirements() {
        let mut seen: FxHashMap<(Shape, String), &Requirement> = FxHashMap::default();
        for it in all.iter().filter(|it| !it.refers && !it.text.is_empty()) {
            let Some(id) = &it.id else { continue };
            // Titles such as "Requirement 1" are numbered anew in each part.
            if id.contains(char::is_whitespace) && it.shape == Shape::Heading && it.level > 2 {
                continue;
            }
            let key = (it.shape, id.to_uppercase());
            let Some(first) = seen.get(&key).copied() else {
                seen.insert(key, it);
                continue;
            };
            if !is_restated(&first.text, &it.text) {
                sink.report(
                    document,
                    it.id_span,
                    format!("`{id}` already names another requirement"),
                )
                .related(document, first.id_span, format!("the first `{id}`"));
            }
        }
    }
}

/// Whether two texts share so many words that one repeats the other.
fn is_restated(a: &str, b: &str) -> bool {
    let (a, b) = (words(a), words(b));
    let shared = a.intersection(&b).count();
    shared * 5 >= a.len().min(b.len()) * 2
}

/// Lower-case words of four letters or more; single characters where words are not spaced.
fn words(text: &str) -> FxHashSet<String> {
    use unicode_segmentation::UnicodeSegmentation as _;
    let words = text.unicode_words().filter(|it| it.chars().count() > 3 || !it.is_ascii());
    words.map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    #[test]
    fn a_summary_row_is_no_double_and_the_first_is_shown() {
        check(
            "| ID | What |\n|---|---|\n| FR-1 | Export invoices |\n\n### FR-1: Export invoices\n\n### FR-2: Approve suppliers\n\n### FR-2: Delete accounts\n",
            expect![[r#"
                9: warning[duplicate-requirement-id] "FR-2" `FR-2` already names another requirement
                  see 7: "FR-2" the first `FR-2`
            "#]],
        );
    }

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["duplicate-requirement-id"]));
    }
}
