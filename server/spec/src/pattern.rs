//! Compiling patterns: what is read in every language, at a start-up that nobody should notice.
//!
//! Unicode's `\w` is some 700 ranges and makes an automaton of thousands of states, built again for
//! each place in a pattern that names it. A pattern here reads `\w` as "an ASCII word character, or
//! any other character outside the blocks of punctuation", which is a dozen states and the same for
//! every word that people write; `\d` is an ASCII digit.

use regex::Regex;

/// All but ASCII, Latin-1 signs, general punctuation, CJK punctuation and the fullwidth forms of
/// ASCII signs.
const WORD: &str = r"0-9A-Za-z_\u{AA}\u{B5}\u{BA}\u{C0}-\u{1FFF}\u{2070}-\u{2FFF}\u{3040}-\u{FEFF}\u{FF10}-\u{FF19}\u{FF21}-\u{FF3A}\u{FF41}-\u{FF5A}\u{FF66}-\u{10FFFF}";

/// Compiles a pattern that is a constant of the program.
///
/// # Panics
/// When it is no pattern, which the tests of its users see.
pub(crate) fn compile(source: &str) -> Regex {
    Regex::new(&narrow(source)).expect("a test compiles the pattern")
}

/// Compiles a pattern of code: names that are ASCII, wherever they stand.
///
/// Its `\b` knows ASCII only. The fast engine gives up at the first dash or quote that is not
/// ASCII while it looks for a boundary in Unicode's sense, and leaves the rest to slower ones.
pub(crate) fn compile_code(source: &str) -> Regex {
    compile(&source.replace(r"\b", r"(?-u:\b)"))
}

/// Writes the classes `\w` and `\d` out.
///
/// A case-insensitive pattern folds each character of its classes one by one, so a class with `\w`
/// is taken out of that; it holds both cases of all letters anyway.
fn narrow(source: &str) -> String {
    let mut out = String::with_capacity(source.len() * 2);
    let mut class = None::<Class>;
    let mut chars = source.chars();
    while let Some(it) = chars.next() {
        match (it, &mut class) {
            ('\\', class) => match (chars.next(), class) {
                (Some('w'), None) => out.extend(["(?-i:[", WORD, "])"]),
                (Some('w'), Some(class)) => {
                    out.push_str(WORD);
                    class.has_word = true;
                }
                (Some('d'), None) => out.push_str("[0-9]"),
                (Some('d'), Some(_)) => out.push_str("0-9"),
                (other, _) => {
                    out.push('\\');
                    out.extend(other);
                }
            },
            ('[', None) => {
                class = Some(Class { start: out.len(), depth: 1, has_word: false });
                out.push('[');
            }
            ('[', Some(class)) => {
                class.depth += 1;
                out.push('[');
            }
            (']', Some(it)) => {
                out.push(']');
                it.depth -= 1;
                if it.depth == 0 {
                    if it.has_word {
                        out.insert_str(it.start, "(?-i:");
                        out.push(')');
                    }
                    class = None;
                }
            }
            (other, _) => out.push(other),
        }
    }
    out
}

/// A bracketed class that is being copied.
struct Class {
    /// Where its bracket stands in the output.
    start: usize,
    depth: usize,
    has_word: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, text: &str, found: &[&str]) {
        let all: Vec<&str> = compile(source).find_iter(text).map(|it| it.as_str()).collect();
        assert_eq!(all, found, "{source}");
    }

    #[test]
    fn words_of_all_languages_are_words() {
        check(
            r"\w+",
            "naïve “größe” ‘Заказы’, 用户、ユーザー 사용자 ﹡ a_1—b…",
            &["naïve", "größe", "Заказы", "用户", "ユーザー", "사용자", "﹡", "a_1", "b"],
        );
    }

    #[test]
    fn a_class_keeps_its_other_members() {
        check(r"(?i)x[\w.-]+]?", "X-É.9 x] (x)", &["X-É.9"]);
        check(r"(?i)[a-c]\d{2,3}[\d,]", "B12,C3", &["B12,"]);
        check(r"[^\w]+", "ab, cd", &[", "]);
    }

    #[test]
    fn what_is_escaped_stays() {
        check(r"\[\w\]", "[a] [", &["[a]"]);
        check(r"\\w", r"\w", &[r"\w"]);
    }
}
