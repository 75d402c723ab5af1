//! Which of the ten languages a chunk is written in.

use rustc_hash::FxHashMap;
use std::ops::RangeInclusive;
use std::sync::LazyLock;

/// A language with gazetteers of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) enum Language {
    #[default]
    English,
    German,
    French,
    Spanish,
    Portuguese,
    Russian,
    Indonesian,
    Chinese,
    Japanese,
    Korean,
}

/// Bytes of prose that are looked at; more does not change the answer.
const SAMPLE_BYTES_MAX: usize = 2000;
/// Below this many letters a guess from n-grams is noise.
const LETTERS_MIN: usize = 40;
/// Source: measured on 89 specs; every wrong answer was below it.
const CONFIDENCE_MIN: f64 = 0.8;

/// Tells the language of `text`; `None` when it is too short or mixed to say.
///
/// Scripts decide for Chinese, Japanese, Korean and Russian, because specs in them are full of
/// English words. Between the languages in Latin letters function words decide where they agree,
/// which is cheap, and n-grams where they do not.
pub(crate) fn detect(text: &str) -> Option<Language> {
    let end = text.floor_char_boundary(SAMPLE_BYTES_MAX);
    let counts = Counts::of(&text[..end]);
    if let Some(it) = counts.by_script() {
        return Some(it);
    }
    if counts.latin < LETTERS_MIN {
        return None;
    }
    if let Some(it) = by_words(&text[..end]) {
        return Some(it);
    }
    let info = whatlang::detect(&text[..end])?;
    if info.confidence() < CONFIDENCE_MIN {
        return None;
    }
    match info.lang() {
        whatlang::Lang::Eng => Some(Language::English),
        whatlang::Lang::Deu => Some(Language::German),
        whatlang::Lang::Fra => Some(Language::French),
        whatlang::Lang::Spa => Some(Language::Spanish),
        whatlang::Lang::Por => Some(Language::Portuguese),
        whatlang::Lang::Ind => Some(Language::Indonesian),
        _ => None,
    }
}

/// The language of a part of a document that is written in `outer`.
///
/// N-grams, which cost more than all other readers, are asked only when the part's function words
/// speak for another language, or there are none.
pub(crate) fn detect_in(text: &str, outer: Language) -> Language {
    let end = text.floor_char_boundary(SAMPLE_BYTES_MAX);
    let hits = count_words(&text[..end]);
    let total: usize = hits.iter().sum();
    let of_outer = WORDS.iter().position(|(language, _)| *language == Some(outer));
    let is_outer = total > 0 && of_outer.is_some_and(|it| hits[it] == total);
    if is_outer && Counts::of(&text[..end]).by_script().is_none() {
        return outer;
    }
    detect(text).unwrap_or(outer)
}

/// Function words that no other of these languages has.
///
/// The last list stands for languages that are not read: what speaks for them is left to n-grams.
const WORDS: [(Option<Language>, &[&str]); 7] = [
    (
        Some(Language::English),
        &[
            "the", "and", "of", "with", "to", "is", "are", "that", "by", "when", "this", "should",
            "for", "can", "must", "from", "each", "or", "has", "have", "be", "their", "not",
        ],
    ),
    (
        Some(Language::German),
        &["der", "und", "ist", "nicht", "mit", "für", "auf", "werden", "oder", "eine", "wird"],
    ),
    (
        Some(Language::French),
        &["les", "des", "est", "une", "dans", "avec", "du", "et", "pour", "sont", "qui"],
    ),
    (Some(Language::Spanish), &["el", "los", "las", "con", "y", "una", "del", "usuarios", "debe"]),
    (Some(Language::Portuguese), &["uma", "com", "não", "dos", "ao", "em", "são", "pelo", "deve"]),
    (
        Some(Language::Indonesian),
        &["yang", "dan", "untuk", "dengan", "dari", "dapat", "pada", "tidak", "pengguna"],
    ),
    (None, &["il", "di", "che", "per", "het", "een", "van", "voor", "och", "att", "og", "ve"]),
];

/// The language whose function words outnumber all others' by far; `None` leaves it open.
fn by_words(text: &str) -> Option<Language> {
    const HITS_MIN: usize = 3;
    const TIMES_THE_REST: usize = 5;
    let hits = count_words(text);
    let total: usize = hits.iter().sum();
    let (index, most) = hits.iter().enumerate().max_by_key(|(_, n)| **n)?;
    let is_clear = *most >= HITS_MIN && *most >= TIMES_THE_REST * (total - most);
    WORDS[index].0.filter(|_| is_clear)
}

/// How often each list of [`WORDS`] speaks in `text`.
fn count_words(text: &str) -> [usize; WORDS.len()] {
    const WORD_BYTES_MAX: usize = 9;
    static INDEX: LazyLock<FxHashMap<&str, usize>> = LazyLock::new(|| {
        let all = WORDS.iter().enumerate();
        all.flat_map(|(index, (_, words))| words.iter().map(move |it| (*it, index))).collect()
    });
    let mut hits = [0; WORDS.len()];
    for word in text.split(|it: char| !it.is_alphabetic()) {
        if word.len() <= WORD_BYTES_MAX
            && let Some(index) = INDEX.get(word)
        {
            hits[*index] += 1;
        }
    }
    hits
}

#[derive(Default)]
struct Counts {
    latin: usize,
    cyrillic: usize,
    han: usize,
    kana: usize,
    hangul: usize,
}

impl Counts {
    fn of(text: &str) -> Self {
        let mut counts = Self::default();
        text.chars().for_each(|it| counts.add(it));
        counts
    }

    fn add(&mut self, it: char) {
        const KANA: RangeInclusive<char> = '\u{3040}'..='\u{30ff}';
        const HAN: RangeInclusive<char> = '\u{4e00}'..='\u{9fff}';
        const HANGUL: RangeInclusive<char> = '\u{ac00}'..='\u{d7a3}';
        const CYRILLIC: RangeInclusive<char> = '\u{400}'..='\u{4ff}';
        match it {
            _ if it.is_ascii_alphabetic() => self.latin += 1,
            _ if KANA.contains(&it) => self.kana += 1,
            _ if HAN.contains(&it) => self.han += 1,
            _ if HANGUL.contains(&it) => self.hangul += 1,
            _ if CYRILLIC.contains(&it) => self.cyrillic += 1,
            _ if it.is_alphabetic() => self.latin += 1,
            _ => {}
        }
    }

    fn by_script(&self) -> Option<Language> {
        // One Chinese, Japanese or Korean character says as much as several letters.
        let enough = |n: usize| n * 6 > self.latin && n >= 3;
        if enough(self.hangul) && self.hangul > self.kana {
            Some(Language::Korean)
        } else if self.kana * 10 > self.han && enough(self.kana + self.han) {
            Some(Language::Japanese)
        } else if enough(self.han) {
            Some(Language::Chinese)
        } else if self.cyrillic * 3 > self.latin && self.cyrillic >= 8 {
            Some(Language::Russian)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<Language>) {
        assert_eq!(detect(text), expect, "{text}");
    }

    #[test]
    fn scripts_outvote_the_english_words_between_them() {
        check("사용자는 Google OAuth 로 로그인한다", Some(Language::Korean));
        check("ユーザーは GitHub で sign in する", Some(Language::Japanese));
        check("用户可以通过 GitHub OAuth 登录系统", Some(Language::Chinese));
        check("Пользователь входит через Google OAuth", Some(Language::Russian));
    }

    #[test]
    fn a_part_in_another_language_is_told_from_its_document() {
        let inside = |text| detect_in(text, Language::German);
        assert_eq!(inside("Rechnungen und Belege"), Language::German);
        assert_eq!(inside("id uuid, title text"), Language::German);
        assert_eq!(detect_in("사용자는 Google to 로그인한다", Language::English), Language::Korean);
        assert_eq!(
            inside("The user can create a project and invite others to work on it."),
            Language::English
        );
    }

    #[test]
    fn languages_that_are_not_read_are_none_of_them() {
        check("Il cliente crea una fattura che deve essere inviata per posta al fornitore.", None);
        check("De gebruiker kan een factuur maken voor het bedrijf en van de lijst kiezen.", None);
    }

    #[test]
    fn latin_letters_need_enough_text() {
        check("API", None);
        check(
            "Der Benutzer kann sich anmelden und die Rechnungen seiner Kunden verwalten.",
            Some(Language::German),
        );
        check(
            "The user can create a project and invite other members to work on it together.",
            Some(Language::English),
        );
    }
}
