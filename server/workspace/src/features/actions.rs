//! Code actions: mends of diagnostics in a range, ways to silence them, and rewrites of a spec.

mod rewrite;

use super::{Edit, FileEdits, document, file_edits, migration, provision, silence};
use crate::migrations;
use crate::snapshot::SpecView;
use model::{Diagnostic, DocumentId, Fix, Span};

/// One entry of the lightbulb.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub title: String,
    pub kind: ActionKind,
    /// The diagnostic that it mends: an index into the analysis' diagnostics.
    pub diagnostic: Option<usize>,
    /// Whether it is the one sensible choice.
    pub preferred: bool,
    pub act: Act,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ActionKind {
    QuickFix,
    /// Rewrites without a diagnostic, such as declaring a table.
    Refactor,
    /// All safe mends of a file: `source.fixAll`.
    FixAll,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    Edit(Vec<FileEdits>),
    /// Runs a command of the registry, which asks first.
    Run {
        command: &'static str,
        input: serde_json::Value,
    },
    /// Turns a rule off for the workspace: apply [`silence::in_settings`] to `specwright.toml`.
    SilenceInWorkspace {
        rule: &'static str,
    },
}

/// The actions for a range: mends, then rewrites, then ways to silence, then all safe mends.
///
/// Computed from the range alone; what diagnostics the client echoes does not matter.
#[must_use]
pub fn actions(view: &SpecView, id: DocumentId, range: Span) -> Vec<Action> {
    let found: Vec<(usize, &Diagnostic)> = (view.analysis.diagnostics.iter().enumerate())
        .filter(|(_, it)| it.document == id && meets(it.span, range))
        .collect();
    let mut out: Vec<Action> = Vec::new();
    for (index, diagnostic) in &found {
        out.extend(fixes(view, *index, diagnostic));
    }
    out.sort_by_key(|it| !it.preferred);
    let rewrites = match &view.migrations {
        Some(_) => migration::assists::assists(view, id, range),
        None => {
            let mut all = rewrite::rewrites(view, id, range);
            all.extend(provision::actions(view, id, range));
            all
        }
    };
    for action in rewrites {
        // A diagnostic that offers the same is the better place for it.
        if !out.iter().any(|it| it.act == action.act || it.title == action.title) {
            out.push(action);
        }
    }
    for (index, diagnostic) in &found {
        out.extend(silences(view, *index, diagnostic));
    }
    let mut seen = Vec::new();
    out.retain(|it| {
        let is_new = !seen.contains(&(it.title.clone(), it.act.clone()));
        seen.push((it.title.clone(), it.act.clone()));
        is_new
    });
    out.extend(fix_all(view, id));
    out
}

/// Every safe mend of one document; `None` when there is none.
#[must_use]
pub fn fix_all(view: &SpecView, id: DocumentId) -> Option<Action> {
    let mut chosen: Vec<&Fix> = Vec::new();
    for diagnostic in view.analysis.diagnostics.iter().filter(|it| it.document == id) {
        let Some(fix) = diagnostic.fixes.iter().find(|it| it.safe) else { continue };
        // Half of a fix is none: one that touches another's place waits for the next round.
        let clash = |other: &&Fix| {
            other.edits.iter().any(|a| {
                fix.edits.iter().any(|b| a.document == b.document && collides(a.span, b.span))
            })
        };
        if !chosen.iter().any(clash) {
            chosen.push(fix);
        }
    }
    if chosen.is_empty() {
        return None;
    }
    let edits = chosen.iter().flat_map(|it| edits(view, it)).collect();
    Some(Action {
        title: format!("Fix all {} safely fixable problems", chosen.len()),
        kind: ActionKind::FixAll,
        diagnostic: None,
        preferred: false,
        act: Act::Edit(file_edits(edits)),
    })
}

fn meets(span: Span, range: Span) -> bool {
    span.overlaps(range) || span.touches(range.range().start) || range.touches(span.range().start)
}

fn collides(a: Span, b: Span) -> bool {
    a.overlaps(b) || a.start == b.start
}

fn fixes(view: &SpecView, index: usize, diagnostic: &Diagnostic) -> Vec<Action> {
    let single = diagnostic.fixes.len() == 1;
    let fix = |fix: &Fix| Action {
        title: fix.title.clone(),
        kind: ActionKind::QuickFix,
        diagnostic: Some(index),
        preferred: single,
        act: Act::Edit(file_edits(edits(view, fix))),
    };
    let mut out: Vec<Action> = diagnostic.fixes.iter().map(fix).collect();
    out.extend(mends(view, index, diagnostic));
    out
}

/// Mends of migration specs that the rule itself, which sees no text, could not make.
fn mends(view: &SpecView, index: usize, diagnostic: &Diagnostic) -> Vec<Action> {
    let id = diagnostic.document;
    let (Some(file), Some(document)) = (migrations::of(view, id), document(view, id)) else {
        return Vec::new();
    };
    let Some(key) = view.keys.get(id.0 as usize) else { return Vec::new() };
    let found = migration::mends::mends(file, document, diagnostic);
    let is_single = found.len() == 1;
    let action = |(title, edits): migration::mends::Mend| Action {
        title,
        kind: ActionKind::QuickFix,
        diagnostic: Some(index),
        preferred: is_single,
        act: Act::Edit(file_edits(edits.into_iter().map(|it| (key.clone(), it)).collect())),
    };
    found.into_iter().map(action).collect()
}

fn edits(view: &SpecView, fix: &Fix) -> Vec<(crate::DocumentKey, Edit)> {
    let edits = fix.edits.iter().filter_map(|it| {
        let key = view.keys.get(it.document.0 as usize)?.clone();
        Some((key, Edit { span: it.span, text: it.text.clone() }))
    });
    edits.collect()
}

fn silences(view: &SpecView, index: usize, diagnostic: &Diagnostic) -> Vec<Action> {
    let rule = diagnostic.rule;
    let (Some(document), Some(key)) =
        (document(view, diagnostic.document), view.keys.get(diagnostic.document.0 as usize))
    else {
        return Vec::new();
    };
    let action = |place: &str, act: Act| Action {
        title: format!("Silence {rule} {place}"),
        kind: ActionKind::QuickFix,
        diagnostic: Some(index),
        preferred: false,
        act,
    };
    // What the council finds is suppressed with a reason, and a fault of the state is mended.
    if matches!(rule, "council" | "doctor")
        || crate::rules::find(rule).is_some_and(|it| !it.is_settable())
    {
        return Vec::new();
    }
    let edit = |edit: Edit| Act::Edit(file_edits(vec![(key.clone(), edit)]));
    let at = diagnostic.span.range().start;
    let (here, in_file) = match &view.migrations {
        Some(_) => {
            (silence::here_in_yaml(document, rule, at), silence::in_yaml_file(document, rule))
        }
        None => (silence::here(document, rule, at), silence::in_file(document, rule)),
    };
    vec![
        action("here", edit(here)),
        action("in this file", edit(in_file)),
        action("in the workspace", Act::SilenceInWorkspace { rule }),
    ]
}

#[cfg(test)]
mod tests {
    use super::super::fixture::{apply, fixture};
    use super::*;
    use expect_test::{Expect, expect};

    /// Titles of the actions at the cursor.
    fn titles(text: &str) -> String {
        let (view, place) = fixture(text);
        let found = actions(&view, place.document, Span::at(place.offset));
        found.iter().map(|it| format!("{:?} {}\n", it.kind, it.title)).collect()
    }

    /// The text after the action of that title.
    fn check(text: &str, title: &str, expect: Expect) {
        let (view, place) = fixture(text);
        let found = actions(&view, place.document, Span::at(place.offset));
        let action = found.iter().find(|it| it.title == title);
        let shown = match action.map(|it| &it.act) {
            Some(Act::Edit(edits)) => apply(&view, edits),
            other => format!("{other:?}"),
        };
        expect.assert_eq(&shown);
    }

    #[test]
    fn a_diagnostic_offers_its_mends_and_three_ways_to_silence() {
        expect![[r#"
            QuickFix Silence dead-link here
            QuickFix Silence dead-link in this file
            QuickFix Silence dead-link in the workspace
        "#]]
        .assert_eq(&titles("# T\n\n[x](#no$0where)\n"));
    }

    #[test]
    fn silence_here_writes_the_comment_above() {
        check(
            "# T\n\n- a\n- [x](#no$0where)\n",
            "Silence dead-link here",
            expect![[r#"
            # T

            - a
            <!-- specwright: allow dead-link -->
            - [x](#nowhere)
        "#]],
        );
    }

    #[test]
    fn a_need_moves_out_of_scope_into_a_new_section() {
        check(
            "# T\n\n## Payments\n\n- Users pay with Str$0ipe.\n- Users get a receipt.\n",
            "Move to Out of scope",
            expect![[r#"
                # T

                ## Payments

                - Users get a receipt.

                ## Out of scope

                - Users pay with Stripe.
            "#]],
        );
    }

    #[test]
    fn a_new_section_has_a_title_in_the_language_of_the_text() {
        check(
            "# T\n\n- Die Benutzer zahlen ihre Bestellungen mit Str$0ipe.\n- Die Benutzer erhalten eine Rechnung für jede Bestellung.\n",
            "Move to Out of scope",
            expect![[r#"
                # T

                - Die Benutzer erhalten eine Rechnung für jede Bestellung.

                ## Nicht im Umfang

                - Die Benutzer zahlen ihre Bestellungen mit Stripe.
            "#]],
        );
    }

    #[test]
    fn a_need_moves_to_the_section_that_is_there() {
        check(
            "# T\n\n- Benutzer zahlen mit Str$0ipe.\n- Anderes.\n\n## Nicht im Umfang\n\n- Chat\n\n## Ende\n",
            "Move to Out of scope",
            expect![[r#"
                # T

                - Anderes.

                ## Nicht im Umfang

                - Chat
                - Benutzer zahlen mit Stripe.

                ## Ende
            "#]],
        );
    }

    #[test]
    fn one_of_two_providers_is_chosen() {
        check(
            "# T\n\nUsers pay with Str$0ipe or Paddle.\n",
            "Choose Paddle",
            expect![[r#"
            # T

            Users pay with Paddle.
        "#]],
        );
    }

    #[test]
    fn an_entity_of_prose_is_declared_in_the_data_model() {
        check(
            "# T\n\nUsers create inv$0oices. Users can list their invoices.\n\n## Data model\n\n### Users\n\n| Field | Type |\n|---|---|\n| id | uuid |\n\n## End\n",
            "Declare table `invoices`",
            expect![[r#"
                # T

                Users create invoices. Users can list their invoices.

                ## Data model

                ### Users

                | Field | Type |
                |---|---|
                | id | uuid |

                ### invoices

                | Field | Type | Constraints |
                |---|---|---|
                | id | uuid | primary key |
                | user_id | uuid | references users.id |
                | created_at | timestamptz | not null |

                ## End
            "#]],
        );
    }

    #[test]
    fn an_owner_column_is_added_to_a_field_table() {
        check(
            "## Data model\n\n### Users\n\n| Field | Type |\n|---|---|\n| id | uuid |\n\n### Proj$0ects\n\n| Field | Type | Notes |\n|---|---|---|\n| id | uuid | key |\n| title | text | |\n",
            "Add owner column `user_id` to `projects`",
            expect![[r#"
                ## Data model

                ### Users

                | Field | Type |
                |---|---|
                | id | uuid |

                ### Projects

                | Field | Type | Notes |
                |---|---|---|
                | id | uuid | key |
                | title | text | |
                | user_id | uuid | references users.id |
            "#]],
        );
    }

    #[test]
    fn plain_words_have_no_actions() {
        assert_eq!(titles("# T\n\nNothing he$0re.\n"), "");
    }
}
