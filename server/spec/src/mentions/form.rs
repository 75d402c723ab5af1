//! The forms of a name: how its words are joined, capitalised and counted.

/// How an occurrence writes a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Form {
    case: Case,
    plural: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    /// `order items`
    Lower,
    /// `Order items`
    Sentence,
    /// `Order Items`
    Title,
    /// `ORDER ITEMS`
    Upper,
    /// `order_items`
    Snake,
    /// `ORDER_ITEMS`
    Screaming,
    /// `order-items`
    Kebab,
    /// `OrderItems`
    Pascal,
    /// `orderItems`
    Camel,
}

impl Form {
    /// `order_item`, as a foreign key begins.
    pub const SNAKE_SINGULAR: Self = Self { case: Case::Snake, plural: false };

    /// Reads the form of an occurrence.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let upper =
            text.chars().all(|it| !it.is_lowercase()) && text.chars().any(char::is_uppercase);
        let first_upper = text.chars().next().is_some_and(char::is_uppercase);
        let words = words(text);
        let case = if text.contains('_') {
            if upper { Case::Screaming } else { Case::Snake }
        } else if text.contains('-') {
            Case::Kebab
        } else if words.len() > 1 && !text.contains(' ') {
            if first_upper { Case::Pascal } else { Case::Camel }
        } else if upper && text.chars().count() > 1 {
            Case::Upper
        } else if !first_upper {
            Case::Lower
        } else if text
            .split(' ')
            .skip(1)
            .any(|it| it.chars().next().is_some_and(char::is_lowercase))
        {
            Case::Sentence
        } else {
            Case::Title
        };
        let plural = words.last().is_some_and(|it| is_plural(&it.to_lowercase()));
        Self { case, plural }
    }

    /// Writes `name`, given in any form, in this one.
    ///
    /// A name that does not count its words (CJK and other non-Latin scripts) keeps its number.
    #[must_use]
    pub fn write(self, name: &str) -> String {
        let mut words: Vec<String> = words(name).iter().map(|it| it.to_lowercase()).collect();
        if let Some(last) = words.last_mut().filter(|it| it.is_ascii()) {
            *last = if self.plural { plural(last) } else { singular(last) };
        }
        let join = |separator: &str, write: fn(&str) -> String| -> String {
            words.iter().map(|it| write(it)).collect::<Vec<_>>().join(separator)
        };
        match self.case {
            Case::Lower => words.join(" "),
            Case::Sentence => capital(&words.join(" ")),
            // One capitalised word says nothing of the second: `Post` becomes `Blog post`.
            Case::Title => join(" ", capital),
            Case::Upper => words.join(" ").to_uppercase(),
            Case::Snake => words.join("_"),
            Case::Screaming => words.join("_").to_uppercase(),
            Case::Kebab => words.join("-"),
            Case::Pascal => join("", capital),
            Case::Camel => {
                let all = join("", capital);
                let first = all.chars().next().map(char::len_utf8).unwrap_or_default();
                all[..first].to_lowercase() + &all[first..]
            }
        }
    }
}

/// Whether two occurrences are forms of one word, not translations: they share their stem.
#[must_use]
pub fn same_word(a: &str, b: &str) -> bool {
    let key = |it: &str| -> Vec<char> {
        let mut words: Vec<String> = words(it).iter().map(|it| it.to_lowercase()).collect();
        if let Some(last) = words.last_mut().filter(|it| it.is_ascii()) {
            *last = singular(last);
        }
        words.concat().chars().collect()
    };
    let (a, b) = (key(a), key(b));
    let shared = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    // Inflection changes the end: two thirds of the longer form are common.
    shared > 0 && shared * 3 >= a.len().max(b.len()) * 2
}

/// The words of a name in snake, kebab, camel or Pascal case or prose.
pub(super) fn words(name: &str) -> Vec<&str> {
    let mut out = Vec::new();
    for part in name.split([' ', '_', '-', '\u{a0}']).filter(|it| !it.is_empty()) {
        let mut start = 0;
        let mut before: Option<char> = None;
        for (at, it) in part.char_indices() {
            let next = part[at + it.len_utf8()..].chars().next();
            let hump = it.is_uppercase()
                && (before.is_some_and(|it| it.is_lowercase() || it.is_numeric())
                    || (before.is_some_and(char::is_uppercase)
                        && next.is_some_and(char::is_lowercase)));
            if hump && at > start {
                out.push(&part[start..at]);
                start = at;
            }
            before = Some(it);
        }
        out.push(&part[start..]);
    }
    out
}

/// Calls `add` with the surface forms of `name`. Case of ASCII letters is left to the search.
///
/// `foreign` names are not English: their last word is also inflected by the endings of the other
/// languages that write with letters and spaces.
pub(super) fn variants(name: &str, foreign: bool, mut add: impl FnMut(String)) {
    let words: Vec<String> = words(name).iter().map(|it| it.to_lowercase()).collect();
    let Some((last, rest)) = words.split_last() else { return };
    let mut lasts = vec![last.clone()];
    if last.is_ascii() {
        lasts.extend([singular(last), plural(last)]);
    }
    if foreign {
        lasts.extend(inflections(last));
    }
    lasts.sort_unstable();
    lasts.dedup();
    for last in lasts {
        let mut words: Vec<&str> = rest.iter().map(String::as_str).collect();
        words.push(&last);
        for separator in ["_", " ", "-", ""] {
            let form = words.join(separator);
            if !form.is_ascii() {
                add(form.to_uppercase());
                add(capital(&form));
            }
            add(form);
            if words.len() == 1 {
                break;
            }
        }
    }
    // As written, for scripts in which lower case is not the inverse of upper case.
    add(name.trim().to_owned());
}

/// Case and number endings of Russian nouns; the empty one is the bare stem.
const CYRILLIC_ENDINGS: &[&str] = &[
    "", "а", "у", "ом", "е", "ы", "и", "ов", "ам", "ами", "ах", "ь", "я", "ю", "ем", "ём", "ей",
    "ям", "ями", "ях", "ев", "й", "о", "ой", "ия", "ии", "ий", "ию", "ией", "иям", "иями", "иях",
    "ие", "ием",
];

/// Pairs of singular and plural endings in German, French, Spanish and Portuguese.
const LATIN_ENDINGS: &[(&str, &str)] = &[
    ("ão", "ões"),
    ("ón", "ones"),
    ("al", "ais"),
    ("al", "aux"),
    ("m", "ns"),
    ("e", "en"),
    ("", "en"),
    ("", "n"),
    ("", "e"),
    ("", "es"),
    ("", "s"),
];

/// Other forms that a noun takes, some of which no language has; those match nothing.
fn inflections(word: &str) -> Vec<String> {
    /// Shorter stems say too little.
    const STEM_CHARS_MIN: usize = 3;
    let long = |it: &str| it.chars().count() >= STEM_CHARS_MIN;
    let mut out = Vec::new();
    if word.chars().all(|it| matches!(it, 'а'..='я' | 'ё' | 'a'..='z')) && !word.is_ascii() {
        let endings = CYRILLIC_ENDINGS.iter().rev();
        let stems = endings.filter_map(|it| word.strip_suffix(it)).filter(|it| long(it));
        // The longest ending gives the stem; the empty one is the last to fit.
        let stem = stems.min_by_key(|it| it.len()).unwrap_or(word);
        out.extend(CYRILLIC_ENDINGS.iter().map(|it| format!("{stem}{it}")));
    } else if word.chars().all(|it| script(it) == Script::Spaced) {
        for (one, many) in LATIN_ENDINGS {
            for (from, to) in [(one, many), (many, one)] {
                let stem = word.strip_suffix(from).filter(|it| long(it));
                out.extend(stem.map(|it| format!("{it}{to}")));
            }
        }
    }
    out
}

/// Whether `start..end` is a whole word of `text`, as far as its script separates words.
pub(super) fn is_word(text: &str, start: usize, end: usize) -> bool {
    let (Some(first), Some(last)) =
        (text[start..end].chars().next(), text[start..end].chars().next_back())
    else {
        return false;
    };
    let before = text[..start].chars().next_back();
    let after = text[end..].chars().next();
    let left = before.is_none_or(|it| !joins(it, first));
    // Korean particles follow their noun without a space.
    let right = is_hangul(last) || after.is_none_or(|it| !joins(last, it));
    left && right
}

/// Whether two neighbouring characters belong to one word.
fn joins(a: char, b: char) -> bool {
    let word = |it: char| it.is_alphanumeric() || it == '_';
    word(a) && word(b) && script(a) == script(b) && script(a) != Script::Han
}

#[derive(Debug, PartialEq, Eq)]
enum Script {
    Spaced,
    Hangul,
    Katakana,
    Hiragana,
    Han,
}

fn script(it: char) -> Script {
    match it {
        '\u{3040}'..='\u{309f}' => Script::Hiragana,
        '\u{30a0}'..='\u{30ff}' | '\u{31f0}'..='\u{31ff}' | '\u{ff66}'..='\u{ff9f}' => {
            Script::Katakana
        }
        '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' => {
            Script::Han
        }
        _ if is_hangul(it) => Script::Hangul,
        _ => Script::Spaced,
    }
}

fn is_hangul(it: char) -> bool {
    matches!(it, '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' | '\u{ac00}'..='\u{d7af}')
}

/// Whether a character belongs to a script that does not put spaces between words.
pub(super) fn is_unspaced(it: char) -> bool {
    !matches!(script(it), Script::Spaced)
}

fn singular(word: &str) -> String {
    crate::number::singular(word)
}

fn plural(word: &str) -> String {
    crate::number::plural(word)
}

fn is_plural(word: &str) -> bool {
    word.is_ascii() && singular(word) != word
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(occurrence: &str, name: &str, expected: &str) {
        assert_eq!(
            Form::of(occurrence).write(name),
            expected,
            "{name} in the form of {occurrence}"
        );
    }

    #[test]
    fn a_new_name_takes_the_form_of_the_old() {
        check("posts", "article", "articles");
        check("Post", "blog_articles", "Blog Article");
        check("order_items", "Purchase Line", "purchase_lines");
        check("OrderItem", "purchase lines", "PurchaseLine");
        check("orderItems", "purchase line", "purchaseLines");
        check("ORDER_ITEM", "purchase lines", "PURCHASE_LINE");
        check("Order items", "purchase line", "Purchase lines");
        check("people", "child", "children");
        check("用户", "会员", "会员");
        check("Kunde", "auftraggeber", "Auftraggeber");
    }

    #[test]
    fn inflections_are_one_word_and_translations_are_not() {
        assert!(same_word("posts", "Post"));
        assert!(same_word("Kunde", "Kunden"));
        assert!(same_word("order_items", "OrderItem"));
        assert!(!same_word("Kunden", "customers"));
        assert!(!same_word("用户", "users"));
    }
}
