//! Every feature answers at every place of any text, and what it answers lies in the text.

use super::fixture::fixture;
use super::*;
use model::Timestamp;
use proptest::prelude::*;

/// Asks everything at `offset`; panics when a span is not one of the text.
fn ask_all(text: &str, offset: usize) {
    let (view, _) = fixture(text);
    let Some(document) = view.documents.first() else { return };
    let id = DocumentId(0);
    let offset = text::line_index::floor_char_boundary(&document.text, offset);
    let place = Place { document: id, offset };
    let whole = Span::new(0, document.text.len());
    let check = |span: Span| {
        assert!(document.text.get(span.range()).is_some(), "{span:?} is no span of {text:?}");
    };
    folding::folds(&view, id).iter().for_each(|it| check(it.span));
    links::links(&view, id).iter().for_each(|it| check(it.span));
    selection::selections(&view, place).iter().for_each(|it| check(*it));
    lenses::lenses(&view, id, &Around::default()).iter().for_each(|it| check(it.span));
    let options = inlay::InlayOptions::default();
    inlay::inlays(&view, id, whole, options).iter().for_each(|it| check(Span::at(it.offset)));
    completion::completions(&view, place).iter().for_each(|it| check(it.replace));
    navigation::references(&view, place, &[], true).iter().for_each(|it| check(it.span));
    navigation::definitions(&view, place, &[]).iter().for_each(|it| check(it.span));
    if let Some(it) = hover::hover(&view, place, Timestamp(0), &Around::default()) {
        check(it.span);
    }
    let mut end = 0;
    for it in tokens::tokens(&view, id, None) {
        check(it.span);
        assert!(it.span.range().start >= end, "tokens of {text:?} overlap");
        end = it.span.range().end;
    }
    symbols::outline(&view, id).iter().for_each(check_symbol);
    for it in actions::actions(&view, id, Span::at(offset)) {
        if let actions::Act::Edit(edits) = it.act {
            fixture::apply(&view, &edits);
        }
    }
    if let Ok(edits) = rename::rename(&view, place, "other things", &[]) {
        fixture::apply(&view, &edits);
    }
}

fn check_symbol(it: &symbols::Symbol) {
    assert!(it.span.contains(it.name_span), "{it:?}");
    for child in &it.children {
        assert!(it.span.contains(child.span), "{child:?} leaves {}", it.name);
        check_symbol(child);
    }
}

#[test]
fn a_real_spec_answers_everywhere() {
    let text = include_str!("../../../../docs/examples/PRD.md");
    for offset in (0..text.len()).step_by(311) {
        ask_all(text, offset);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn any_text_answers_everywhere(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "# ", "## Data model\n", "### Posts\n", "\n", "\n\n", "- ", "  - ", "| a | b |\n|---|---|\n",
                "| id | uuid |\n", "```sql\n", "create table posts (id uuid);\n", "```\n", "posts.id ",
                "Users ", "用户", "пользователь ", "FR-1 ", "**FR-2**: ", "Stripe or Paddle ", "[x](#y) ",
                "---\n", "a: 1\n", "`0 9 * * 1` ", "é", "\u{feff}", "\r\n", "<!-- c", "-->", "uploads photos ", "> ",
                "Requirement 1", "1. x\n", "|", "](", "😀", "MUST ",
            ]),
            0..24,
        ),
        at in 0usize..200,
    ) {
        ask_all(&parts.concat(), at);
    }
}
