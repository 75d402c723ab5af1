use super::Sink;
use super::cx::BlockCx;
use crate::cron::{self, Said};
use model::Span;
use std::ops::Range;
use text::markdown::BlockKind;

declare_rule! {
    /// A cron expression and the words beside it name different times.
    ///
    /// Compared within one sentence or table row, in ten languages. Clock times are not compared
    /// where two time zones are named.
    ///
    /// ```md,bad
    /// The digest is sent every Monday at 9:00 (`0 9 * * 2`).
    /// ```
    /// ```md,good
    /// The digest is sent every Monday at 9:00 (`0 9 * * 1`).
    /// ```
    pub(super) static RULE = {
        name: "cron-mismatch",
        group: Backend,
        severity: Warning,
        since: "0.1.0",
        check: Block(cron_mismatch),
    }
}

fn cron_mismatch(cx: &BlockCx<'_>, sink: &mut Sink<'_>) {
    for passage in passages(cx) {
        let source = cx.slice(passage);
        let found = cron::find(source);
        // With two expressions nobody can tell which words belong to which.
        let [one] = found.as_slice() else { continue };
        let Ok(parsed) = cron::parse(&one.expression) else { continue };
        let sentence = sentence_around(source, &one.range);
        let text = &source[sentence.clone()];
        let same_zone = !cron::names_two_zones(text);
        let Some(wrong) = (cron::claims(text).into_iter())
            .filter(|it| !overlaps(it.range.start + sentence.start, &one.range))
            .find(|it| !cron::agrees(&parsed, &it.said, same_zone))
        else {
            continue;
        };
        let start = passage.range().start;
        let span = Span::new(start + one.range.start, start + one.range.end);
        let words = Span::new(
            start + sentence.start + wrong.range.start,
            start + sentence.start + wrong.range.end,
        );
        let means = cron::words(&one.expression).unwrap_or_default();
        let said = &text[wrong.range];
        let part = part(&wrong.said);
        sink.report_here(span, format!("this cron runs {means}, but the text says `{said}`"))
            .related(model::DocumentId(0), words, format!("the {part} in words"));
    }
}

/// Paragraphs, items and table rows that may hold an expression.
fn passages(cx: &BlockCx<'_>) -> Vec<Span> {
    let mut out = Vec::new();
    for block in &cx.chunk.chunk.blocks {
        match &block.kind {
            BlockKind::Paragraph | BlockKind::Item { .. } => out.push(block.text),
            BlockKind::Table { rows, .. } => {
                let ends = rows.iter().filter_map(|it| Some((it.first()?, it.last()?)));
                out.extend(ends.map(|(first, last)| first.cover(*last)));
            }
            _ => {}
        }
    }
    out.retain(|it| cx.slice(*it).contains('*'));
    out
}

/// The sentence that holds `range`; a table row is one.
fn sentence_around(source: &str, range: &Range<usize>) -> Range<usize> {
    let ends = |at: usize| {
        let rest = &source[at..];
        rest.starts_with(". ") || rest.starts_with(".\n") || rest.starts_with(['。', ';'])
    };
    let start = source[..range.start].char_indices().rev().find(|(at, _)| ends(*at));
    let start = start.map_or(0, |(at, it)| at + it.len_utf8());
    let end = source[range.end..].char_indices().find(|(at, _)| ends(range.end + at));
    let end = end.map_or(source.len(), |(at, _)| range.end + at);
    start..end
}

fn overlaps(at: usize, range: &Range<usize>) -> bool {
    range.start <= at && at < range.end
}

fn part(said: &Said) -> &'static str {
    match said {
        Said::At(..) => "time of day",
        Said::On(_) | Said::WorkingDays => "day",
        _ => "cadence",
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::testing;
    use expect_test::{Expect, expect};

    fn check(text: &str, expect: Expect) {
        expect.assert_eq(&testing::render(text, &["cron-mismatch", "invalid-cron"]));
    }

    #[test]
    fn the_words_are_shown_in_any_language() {
        check(
            "Der Bericht wird wöchentlich (`0 6 * * *`) verschickt.\n",
            expect![[r#"
            1: warning[cron-mismatch] "0 6 * * *" this cron runs at 06:00 every day, but the text says `wöchentlich`
              see 1: "wöchentlich" the cadence in words
        "#]],
        );
        check(
            "| 清理 | 每天 | `0 3 * * 1` |\n|---|---|---|\n| 备份 | 每小时 | `0 3 * * *` |\n",
            expect![[r#"
            3: warning[cron-mismatch] "0 3 * * *" this cron runs at 03:00 every day, but the text says `每小时`
              see 3: "每小时" the cadence in words
        "#]],
        );
    }

    #[test]
    fn words_of_another_sentence_are_not_compared() {
        check("Backups run at night (`0 3 * * *`). Every Monday a person looks.\n", expect![""]);
    }

    #[test]
    fn a_minute_of_sixty_is_no_cron() {
        check(
            "Runs as `60 * * * *`.\n",
            expect![[r#"
            1: warning[invalid-cron] "60 * * * *" this is no cron expression: number out of bounds
        "#]],
        );
    }
}
