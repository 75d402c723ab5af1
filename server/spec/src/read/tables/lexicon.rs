//! Finds entity nouns of ten languages in a text, by one automaton.

use crate::read::Language;
use aho_corasick::AhoCorasick;
use std::sync::LazyLock;

/// How much a noun by itself says about a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// Only an explicit model makes it a table.
    Seldom,
    /// Said of the spec itself or of technology as often.
    Vague,
    Often,
    Almost,
    /// Wherever a feature names it.
    Sure,
}

/// A thing that specs keep rows of.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Noun {
    /// English, snake_case, plural.
    pub(crate) name: &'static str,
    pub(crate) weight: Weight,
}

/// A noun at a place of the searched text; `end` is behind the inflected word.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) noun: &'static Noun,
}

/// Lower-cases without moving any byte, so that places in the result are places in `text`.
pub(crate) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let mut lower = c.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some(one), None) if one.len_utf8() == c.len_utf8() => out.push(one),
            _ => out.push(c),
        }
    }
    out
}

/// Every noun in `folded` (see [`fold`]), left to right, the longest where several start.
pub(crate) fn find(folded: &str, language: Language) -> Vec<Hit> {
    let lexicon = &*LEXICON;
    let mut hits: Vec<Hit> = Vec::new();
    // Overlapping, because a longer word of another language must not hide ours.
    for found in lexicon.automaton.find_overlapping_iter(folded) {
        let word = &lexicon.words[found.pattern().as_usize()];
        if !speaks(word, language) {
            continue;
        }
        if let Some(end) = whole_word(folded, found.start(), found.end(), word) {
            hits.push(Hit { start: found.start(), end, noun: word.noun });
        }
    }
    hits.sort_by_key(|it| (it.start, std::cmp::Reverse(it.end)));
    let mut last_end = 0;
    hits.retain(|it| {
        let free = it.start >= last_end;
        if free {
            last_end = it.end;
        }
        free
    });
    hits
}

/// The noun that `label` is, or mostly is.
pub(crate) fn noun_of(label: &str, language: Language) -> Option<&'static Noun> {
    let folded = fold(label.trim());
    let hits = find(&folded, language);
    let best = hits.iter().max_by_key(|it| it.end - it.start)?;
    ((best.end - best.start) * 2 >= folded.len()).then_some(best.noun)
}

/// Whether rows of that name are people, who act in a sentence more often than they are kept.
pub(crate) fn is_person(name: &str) -> bool {
    const PEOPLE: &[&str] = &[
        "customers",
        "clients",
        "students",
        "teachers",
        "employees",
        "members",
        "admins",
        "sellers",
        "players",
        "patients",
        "doctors",
        "tenants",
        "guests",
        "drivers",
        "authors",
        "candidates",
        "volunteers",
        "attendees",
        "designers",
        "staff",
        "providers",
        "partners",
        "suppliers",
        "agents",
        "residents",
        "children",
        "parents",
        "mentors",
        "coaches",
        "owners",
        "freelancers",
        "passengers",
        "speakers",
        "nurses",
        "caregivers",
        "buyers",
        "managers",
        "visitors",
    ];
    PEOPLE.contains(&name)
}

/// The noun of which `word` is a form in any language: `buch` in `buch_id`.
pub(crate) fn of_any_language(word: &str) -> Option<&'static Noun> {
    LEXICON.by_form.get(word).copied()
}

/// The noun that all of `word` is, in any language.
pub(crate) fn whole(word: &str) -> Option<&'static Noun> {
    let lexicon = &*LEXICON;
    let found = lexicon.automaton.find_overlapping_iter(word).find(|it| {
        let known = &lexicon.words[it.pattern().as_usize()];
        it.start() == 0
            && known.language != Language::English
            && whole_word(word, 0, it.end(), known) == Some(word.len())
    })?;
    Some(lexicon.words[found.pattern().as_usize()].noun)
}

/// The listed noun of that canonical name.
pub(crate) fn listed(name: &str) -> Option<&'static Noun> {
    LEXICON.by_name.get(name).copied()
}

#[derive(Debug)]
struct Word {
    language: Language,
    /// English words whose form means something else in another language of Latin letters.
    false_friend: bool,
    noun: &'static Noun,
}

struct Lexicon {
    automaton: AhoCorasick,
    words: Vec<Word>,
    by_name: rustc_hash::FxHashMap<&'static str, &'static Noun>,
    /// Words of languages in Latin letters other than English.
    by_form: rustc_hash::FxHashMap<String, &'static Noun>,
}

const FALSE_FRIENDS: &[&str] = &[
    "comment", "note", "car", "sale", "tag", "grade", "case", "pet", "class", "job", "like",
    "list", "stage", "table", "point", "form", "page", "rule", "log", "bid", "dish", "plan",
    "station", "vote", "store", "match", "gift", "film", "claim", "story", "guest", "zone", "role",
    "price", "stock", "issue", "services", "item",
];

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut patterns: Vec<String> = Vec::new();
    let mut words = Vec::new();
    let mut by_name = rustc_hash::FxHashMap::default();
    let mut by_form = rustc_hash::FxHashMap::default();
    for line in include_str!("nouns.txt").lines().filter(|it| !it.starts_with('#')) {
        let Some((name, rest)) = line.split_once(' ') else { continue };
        let (mark, forms) = rest.split_once(' ').unwrap_or((rest, ""));
        let weight = match mark {
            "+" => Weight::Sure,
            "!" => Weight::Almost,
            "-" => Weight::Vague,
            "~" => Weight::Often,
            "?" => Weight::Seldom,
            other => panic!("`{other}` is no mark, in the line of `{name}`"),
        };
        // Lives as long as the program: the list is built once.
        let noun: &'static Noun = Box::leak(Box::new(Noun { name, weight }));
        // The first line of a name says how it counts; others add words to it.
        by_name.entry(name).or_insert(noun);
        for group in forms.split(';') {
            let (tag, forms) = group.trim().split_once(": ").unwrap_or(("en", group));
            let language = language_of(tag);
            for form in forms.split('|').map(str::trim).filter(|it| !it.is_empty()) {
                let false_friend = language == Language::English && FALSE_FRIENDS.contains(&form);
                let mut add = |form: String| {
                    patterns.push(form);
                    words.push(Word { language, false_friend, noun });
                };
                add(form.to_owned());
                // Many write without accents; short words would be other words.
                let bare = super::labels::bare(form);
                if language != Language::English && bare != form && bare.len() >= 5 {
                    add(bare.clone());
                }
                if language != Language::English && bare.is_ascii() {
                    by_form.entry(bare.replace(' ', "_")).or_insert(noun);
                }
                if language == Language::English {
                    add(super::names::plural(form).replace('_', " "));
                }
            }
        }
    }
    let automaton = AhoCorasick::new(&patterns).expect("a few thousand words fit an automaton");
    Lexicon { automaton, words, by_name, by_form }
});

fn language_of(tag: &str) -> Language {
    match tag {
        "de" => Language::German,
        "fr" => Language::French,
        "es" => Language::Spanish,
        "pt" => Language::Portuguese,
        "ru" => Language::Russian,
        "id" => Language::Indonesian,
        "zh" => Language::Chinese,
        "ja" => Language::Japanese,
        "ko" => Language::Korean,
        _ => Language::English,
    }
}

fn speaks(word: &Word, language: Language) -> bool {
    word.language == language
        || (word.language == Language::English && !word.false_friend)
        || (word.language == Language::English
            && matches!(
                language,
                Language::Russian | Language::Chinese | Language::Japanese | Language::Korean
            ))
}

/// The end of the whole inflected word; `None` when the match is part of another word.
fn whole_word(text: &str, start: usize, end: usize, word: &Word) -> Option<usize> {
    if matches!(word.language, Language::Chinese | Language::Japanese | Language::Korean) {
        return Some(end);
    }
    let before = text[..start].chars().next_back();
    if before.is_some_and(|it| is_word(it) && (it as u32) < 0x2e80) {
        return None;
    }
    let suffix_len = text[end..]
        .char_indices()
        .find(|(_, it)| !is_word(*it) || *it as u32 >= 0x2e80)
        .map_or(text.len() - end, |(at, _)| at);
    inflects(&text[end..end + suffix_len], word.language).then_some(end + suffix_len)
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric() || it == '_'
}

fn inflects(suffix: &str, language: Language) -> bool {
    let any_of = |list: &[&str]| list.contains(&suffix);
    match language {
        _ if suffix.is_empty() => true,
        Language::German => {
            any_of(&["e", "n", "en", "s", "es", "er", "ern", "in", "innen", "se", "nen"])
        }
        Language::French => any_of(&["s", "x", "e", "es"]),
        Language::Spanish => any_of(&["s", "es"]),
        Language::Portuguese => any_of(&["s", "es", "a", "as"]),
        Language::Indonesian => any_of(&["nya", "ku", "mu"]),
        Language::Russian => suffix.chars().count() <= 4,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(language: Language, text: &str, expect: &[&str]) {
        let folded = fold(text);
        let names: Vec<&str> = find(&folded, language).iter().map(|it| it.noun.name).collect();
        assert_eq!(names, expect, "{text}");
    }

    #[test]
    fn nouns_are_found_in_their_inflections() {
        check(
            Language::English,
            "Users create orders and order items",
            &["users", "orders", "order_items"],
        );
        check(Language::German, "Der Kunde sieht seine Bestellungen", &["customers", "orders"]);
        check(
            Language::Russian,
            "Список заказов и отзывы клиентов",
            &["orders", "reviews", "customers"],
        );
        check(Language::Chinese, "学生可以创建报修单", &["students", "repair_orders"]);
        check(Language::Korean, "사용자는 댓글을 작성한다", &["users", "comments"]);
        check(Language::Indonesian, "Siswa melihat nilainya", &["students", "grades"]);
    }

    #[test]
    fn false_friends_stay_out() {
        check(Language::French, "Comment faire ? Le commentaire", &["comments"]);
        check(Language::English, "The wordstable and reorder", &[]);
    }

    #[test]
    fn folding_keeps_places() {
        for text in ["İstanbul ÄÖ ẞ", "ΑΣ Ⱥ"] {
            assert_eq!(fold(text).len(), text.len());
        }
    }
}
