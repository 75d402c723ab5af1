//! Items of lists by what they name, to find the same thing in two places.

use super::cx::Line;
use crate::pattern::compile;
use regex::Regex;
use std::sync::LazyLock;
use text::markdown::BlockKind;
use unicode_segmentation::UnicodeSegmentation as _;

/// More words than this tell a story instead of naming a thing.
const WORDS_MAX: usize = 8;

/// What an item names, as words in order of the alphabet; `None` when it names nothing clear.
///
/// A label that only opens a list, such as `Deliverables:`, names nothing.
pub(super) fn key(line: &Line<'_>) -> Option<String> {
    if !matches!(line.block.kind, BlockKind::Item { .. } | BlockKind::Heading { .. })
        || line.text().trim_end().ends_with([':', '：'])
    {
        return None;
    }
    let head = head(line.text())?;
    let mut words: Vec<String> = if is_unspaced(head) {
        vec![head.chars().filter(|it| it.is_alphanumeric()).collect::<String>().to_lowercase()]
    } else {
        head.unicode_words().map(stem).filter(|it| !is_filler(it)).collect()
    };
    words.sort_unstable();
    words.dedup();
    let n_chars: usize = words.iter().map(|it| it.chars().count()).sum();
    let clear = if is_unspaced(head) { n_chars >= 4 } else { words.len() >= 2 };
    (clear && words.len() <= WORDS_MAX).then(|| words.join(" "))
}

/// Whether an item says that a thing is not wanted.
pub(super) fn denies(line: &Line<'_>) -> bool {
    NO.is_match(line.text().trim_start())
}

static NO: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)^(?:no|not|without|kein|keine|keinen|ohne|pas d|pas de|aucun|aucune|sans|sin|no se|sem|não|нет|без|не|tidak|tanpa)\b|^(?:不|无|無|没有|なし)",
    )
});

/// The label of `Label: explanation`, or all of a short line.
fn head(text: &str) -> Option<&str> {
    let text = text.trim();
    // "Email notifications (beyond the receipt)" excludes something narrower than its head.
    if NARROWER.is_match(text) {
        return None;
    }
    let end = END.find(text).map_or(text.len(), |it| it.start());
    let head = text[..end].trim_end_matches(['.', '。', ';', ',']).trim();
    (!head.is_empty()).then_some(head)
}

static NARROWER: LazyLock<Regex> = LazyLock::new(|| {
    compile(
        r"(?i)\b(?:beyond|except|other than|advanced|full|complex|additional|custom|more|further|besides|über|außer|erweiterte|weitere|avancée?s?|sauf|autres|avanzad[oa]s?|excepto|otros|avançad[oa]s?|exceto|outros|кроме|расширенн\w+|selain|lanjutan)\b|高级|以外|高度な|除く|제외|고급",
    )
});
static END: LazyLock<Regex> = LazyLock::new(|| compile(r"[:：(（]| [-–—] |\. "));

/// Lower case without a plural ending.
fn stem(word: &str) -> String {
    let lower = word.to_lowercase();
    match lower.as_str() {
        it if it.len() > 5 && it.ends_with("ies") => format!("{}y", &it[..it.len() - 3]),
        it if it.len() > 3 && it.ends_with('s') && !it.ends_with("ss") => {
            it[..it.len() - 1].to_owned()
        }
        _ => lower,
    }
}

fn is_filler(word: &str) -> bool {
    const FILLERS: &[&str] = &[
        "a",
        "an",
        "the",
        "of",
        "for",
        "in",
        "on",
        "to",
        "with",
        "and",
        "or",
        "no",
        "not",
        "any",
        "by",
        "via",
        "from",
        "at",
        "support",
        "feature",
        "functionality",
        "basic",
        "simple",
        "v1",
        "mvp",
        "der",
        "die",
        "das",
        "und",
        "oder",
        "mit",
        "für",
        "von",
        "kein",
        "keine",
        "le",
        "la",
        "les",
        "de",
        "de",
        "du",
        "et",
        "ou",
        "pour",
        "avec",
        "pas",
        "el",
        "lo",
        "y",
        "con",
        "para",
        "sin",
        "e",
        "com",
        "sem",
        "do",
        "da",
        "и",
        "или",
        "для",
        "без",
        "с",
        "в",
        "не",
        "dan",
        "atau",
        "untuk",
        "dengan",
        "tanpa",
        "yang",
        "user",
        "system",
        "app",
    ];
    FILLERS.contains(&word)
}

fn is_unspaced(text: &str) -> bool {
    text.chars().any(|it| matches!(it, '\u{3040}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}'))
}
