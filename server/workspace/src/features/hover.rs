//! Cards about the thing under the cursor.

mod need;
mod schedule;
mod table;
mod vendors;

pub(super) use crate::features::hover::need::{kind_words, need_summary};
pub(super) use crate::features::hover::table::table_card;

use super::entity::{self, Entity};
use super::migration::standing::{Making, UNMADE};
use super::navigation::thing_of;
use super::{Around, Place, document, migration, resources};
use crate::snapshot::SpecView;
use model::{Confidence, DocumentId, Evidence, Need, NeedKind, Span, Timestamp};
use text::line_index::Encoding;

/// A card in Markdown and the text that it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    pub span: Span,
    pub markdown: String,
}

/// The card of the thing under a place; `now` is what schedules count their next firings from.
#[must_use]
pub fn hover(view: &SpecView, place: Place, now: Timestamp, around: &Around) -> Option<Hover> {
    if view.migrations.is_some() {
        let of_migration =
            || Some(resources::with_mark(view, place, migration::hover(view, place, around)?));
        return resources::hover(view, place, now).or_else(of_migration);
    }
    let named = || named(view, place, around);
    cron_at(view, place, now).or_else(named).or_else(|| need_at(view, place, now))
}

fn cron_at(view: &SpecView, place: Place, now: Timestamp) -> Option<Hover> {
    let document = document(view, place.document)?;
    let line = document.lines.line_span(document.lines.line(place.offset))?;
    let found = spec::cron::find(document.text.get(line.clone())?).into_iter().find(|it| {
        Span::new(it.range.start, it.range.end).shift(line.start).touches(place.offset)
    })?;
    let span = Span::new(found.range.start, found.range.end).shift(line.start);
    // The need knows the time zone that the sentence names.
    let need = smallest_need(view, place.document, span);
    let zone = need.and_then(|it| it.attribute("zone"));
    let markdown = schedule::cron_card(&found.expression, zone, now)?;
    Some(Hover { span, markdown })
}

fn named(view: &SpecView, place: Place, around: &Around) -> Option<Hover> {
    let (entity, span) = entity::at(view, place)?;
    let detection = &view.analysis.detection;
    let made = made_by(around, &entity);
    let markdown = match entity {
        Entity::Requirement(id) => requirement_card(view, &id)?,
        Entity::Table(name) => table_card(view, detection.table(&name)?),
        Entity::Column { table, column } => {
            table::column_card(view, detection.table(&table)?, &column)?
        }
    };
    let markdown = if made.is_empty() { markdown } else { markdown.trim_end().to_owned() + &made };
    Some(Hover { span, markdown })
}

/// What the workspace's migrations have to do with it, as a paragraph; empty without migrations.
fn made_by(around: &Around, entity: &Entity) -> String {
    let Some(thing) = thing_of(entity).filter(|_| !around.migrations.is_empty()) else {
        return String::new();
    };
    let sentence = Making::of(around, &thing).map(|it| it.sentence());
    format!("\n\n{}", sentence.unwrap_or_else(|| UNMADE.to_owned()))
}

fn need_at(view: &SpecView, place: Place, now: Timestamp) -> Option<Hover> {
    let at = Span::at(place.offset);
    let main = smallest_need(view, place.document, at)?;
    let span = here(main, place.document, at).min_by_key(|it| it.span.len())?.span;
    let mut markdown = need::need_card(view, main, now);
    // The same words can show several needs: a provider and its secret.
    for other in &view.analysis.detection.needs {
        let same = here(other, place.document, at).any(|it| it.span == span);
        if same && (other.kind, &other.name) != (main.kind, &main.name) {
            markdown += &format!("\nAlso {}\n", need::title(other));
        }
    }
    Some(Hover { span, markdown })
}

/// The need whose evidence around `span` is the narrowest.
fn smallest_need(view: &SpecView, id: DocumentId, span: Span) -> Option<&Need> {
    let needs = view.analysis.detection.needs.iter();
    needs
        .filter_map(|need| Some((here(need, id, span).map(|it| it.span.len()).min()?, need)))
        .min_by_key(|(len, it)| {
            // Of needs of the same words a secret says least.
            (*len, it.kind == NeedKind::Secret, std::cmp::Reverse(it.confidence))
        })
        .map(|(_, need)| need)
}

fn here(need: &Need, id: DocumentId, span: Span) -> impl Iterator<Item = &Evidence> {
    need.evidence.iter().filter(move |it| {
        it.document == id
            && it.span.touches(span.range().start)
            && it.span.touches(span.range().end)
    })
}

fn requirement_card(view: &SpecView, id: &str) -> Option<String> {
    use spec::mentions::requirements;
    let mentions = requirements::mentions(&view.documents);
    let own: Vec<_> = mentions.iter().filter(|it| it.id == id).collect();
    let count = own.iter().filter(|it| it.defines.is_none()).count();
    let named = match count {
        0 => "named nowhere else".to_owned(),
        1 => "named once".to_owned(),
        n => format!("named {n} times"),
    };
    let Some(found) = own.iter().find(|it| it.defines.is_some()) else {
        return Some(format!("**{id}**: no requirement of this spec has this id; {named}"));
    };
    let title = requirements::title(document(view, found.document)?, found).unwrap_or_default();
    let at = place_text(view, found.document, found.span);
    Some(format!("**{id}** {title}\n\nDefined at {at}, {named}."))
}

/// `PRD.md:12`.
fn place_text(view: &SpecView, id: DocumentId, span: Span) -> String {
    let Some(document) = document(view, id) else { return String::new() };
    let line = document.lines.position(span.range().start, Encoding::Utf8).line + 1;
    match &document.path {
        Some(path) => format!("{path}:{line}"),
        None => format!("line {line}"),
    }
}

/// The evidence of a primitive as a list, surest first.
fn evidence_list(view: &SpecView, evidence: &[Evidence]) -> String {
    /// More is not read in a hover.
    const SHOWN_MAX: usize = 5;
    /// A sighting that only adds a little to surer ones explains nothing.
    const NOISE: Confidence = Confidence::percent(30);
    let mut all: Vec<&Evidence> = evidence.iter().filter(|it| it.confidence > NOISE).collect();
    if all.is_empty() {
        all = evidence.iter().collect();
    }
    all.sort_by_key(|it| (std::cmp::Reverse(it.confidence), it.document, it.span));
    let mut lines: Vec<String> = Vec::new();
    for it in all {
        let at = place_text(view, it.document, it.span);
        let line = format!("- {at}: {}, {}, {}\n", it.reader, it.confidence, it.modality.word());
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    let mut out = String::from("Found at\n");
    out.extend(lines.iter().take(SHOWN_MAX).map(String::as_str));
    if lines.len() > SHOWN_MAX {
        out += &format!("- and {} more\n", lines.len() - SHOWN_MAX);
    }
    out
}

/// Text that is safe inside a cell of a Markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::super::fixture::fixture;
    use super::*;
    use expect_test::{Expect, expect};

    /// 2026-01-01T00:00:00Z, a Thursday.
    const NOW: Timestamp = Timestamp(1_767_225_600_000);

    fn check(text: &str, expect: Expect) {
        let (view, place) = fixture(text);
        let shown = match hover(&view, place, NOW, &Around::default()) {
            Some(it) => {
                let document = document(&view, place.document).expect("the place is in the view");
                format!("[{}]\n{}", document.slice(it.span), it.markdown)
            }
            None => "nothing".to_owned(),
        };
        expect.assert_eq(&shown);
    }

    #[test]
    fn a_cron_is_said_in_words_with_its_next_firings() {
        check(
            "Runs at `0 9$0 * * 1`.\n",
            expect![[r#"
            [0 9 * * 1]
            `0 9 * * 1` at 09:00, on Monday

            Next: Mon 2026-01-05 09:00, Mon 2026-01-12 09:00, Mon 2026-01-19 09:00 (UTC, as the spec names no time zone)"#]],
        );
    }

    #[test]
    fn a_requirement_shows_what_it_asks() {
        check(
            "- **FR-1**: Users pay.\n- FR-2: like FR$0-1\n",
            expect![[r#"
            [FR-1]
            **FR-1** Users pay

            Defined at PRD.md:1, named once."#]],
        );
    }

    #[test]
    fn a_vendor_shows_what_it_needs() {
        check(
            "## Payments\n\nUsers pay with Str$0ipe.\n",
            expect![[r#"
                [Stripe]
                **stripe** payments, in scope, 92%

                Needs
                - Secrets: `STRIPE_SECRET_KEY`, `STRIPE_WEBHOOK_SECRET`
                - Public settings: `STRIPE_PUBLISHABLE_KEY`
                - Webhook: verify `Stripe-Signature`; the spec does not mention it

                Found at
                - PRD.md:3: payment-words, 92%, in scope

                Also **STRIPE** secret, in scope, 80%
            "#]],
        );
        check(
            "## Accounts\n\nUsers log in with Goo$0gle.\n",
            expect![[r#"
            [Google]
            **google** sign-in, in scope, 92%

            Needs
            - Secrets: `GOOGLE_CLIENT_ID`, `GOOGLE_CLIENT_SECRET`
            - Callback: one redirect address for each environment, registered with them

            Found at
            - PRD.md:3: sign-in-words, 92%, in scope
        "#]],
        );
    }

    #[test]
    fn a_bucket_shows_what_is_not_said() {
        check(
            "Users upload a profile ph$0oto (max 5 MB).\n",
            expect![[r#"
                [profile photo]
                **avatars** bucket, in scope, 96%

                | bucket | |
                |---|---|
                | largest file | 5mb |
                | types | not given |
                | visible to | not given |

                Found at
                - PRD.md:1: file-words, 80%, in scope
            "#]],
        );
    }

    #[test]
    fn a_schedule_shows_its_cadence() {
        check(
            "A digest is sent by email every Mon$0day.\n",
            expect![[r#"
                [every Monday]
                **weekly-email** schedule, in scope, 72%

                Runs weekly.

                Found at
                - PRD.md:1: schedule-words, 72%, in scope
            "#]],
        );
    }

    #[test]
    fn a_table_shows_its_columns_and_where_they_were_read() {
        check(
            "Each po$0st is private.\n\n## Data model\n\n### Posts\n\n| Field | Type | Notes |\n|---|---|---|\n| id | uuid | primary key |\n| user_id | uuid | references users.id, not null |\n| slug | text | unique |\n\n### Users\n\n| Field | Type |\n|---|---|\n| id | uuid |\n",
            expect![[r#"
                [post]
                **posts** table, in scope, 92%

                | column | type | key |
                |---|---|---|
                | id | uuid | primary key |
                | user_id | uuid not null | references users.id |
                | slug | text | unique |

                The spec does not say who may see the rows; `user_id` holds the owner.

                Found at
                - PRD.md:5: field-table, 92%, in scope
            "#]],
        );
    }

    #[test]
    fn a_column_shows_its_table_and_values() {
        check(
            "## Data model\n\n### Posts\n\n| Field | Type | Notes |\n|---|---|---|\n| id | uuid | primary key |\n| sta$0tus | text | one of draft, live |\n",
            expect![[r#"
                [status]
                **posts.status** text

                One of `draft`, `live`.

                Declared at PRD.md:8."#]],
        );
    }

    #[test]
    fn plain_words_have_no_card() {
        check("Nothing is kn$0own of this.\n", expect!["nothing"]);
    }
}
