use regex::Regex;
use std::sync::LazyLock;
use text::secrets;

/// Longer texts are cut.
const CHARS_MAX: usize = 160;

/// What a text must not look like, besides the secrets that [`text::secrets`] finds: a person's data,
/// a value of a row, or anything made by chance.
///
/// On the strict side: a reason that is not kept costs a hint, a secret that is kept cannot be
/// taken back from a backup of the user's home.
static REFUSED: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        // Made by chance: letters and digits mixed, as keys, hashes and UUIDs are.
        r"(?:[0-9][A-Za-z+/=]|[A-Za-z+/=][0-9])[A-Za-z0-9+/=-]{10,}",
        r"[0-9a-fA-F]{8}-[0-9a-fA-F]{4}",
        r"(?i)\b(?:password|passwd|pwd|secret|token|api[ _-]?key|bearer)\b\s*(?:[:=]|is\b|was\b)\s*\S",
        r"\w+://[^\s/]*@",
        // Addresses, numbers of people and cards, amounts in full.
        r"[^\s@]+@[^\s@]+\.[A-Za-z]",
        r"[0-9](?:[ ().-]?[0-9]){5,}",
        r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}",
        // Values in quotes are how rows are told.
        r#"(?:=|\bis\b|\bin\b|[(,:])\s*['"][^'"]*['"]"#,
    ]
    .into_iter()
    .map(|it| Regex::new(it).expect("the patterns are sound"))
    .collect()
});

/// A text as it may be kept: one line, cut, and nothing that looks like a secret or a row of data;
/// `None` when it does, or nothing is left.
#[must_use]
pub fn keepable(text: &str) -> Option<String> {
    let line: Vec<&str> = text.split_whitespace().collect();
    let line = line.join(" ");
    let is_refused = line.chars().any(char::is_control)
        || !secrets::find(text).is_empty()
        || REFUSED.iter().any(|it| it.is_match(&line));
    if line.is_empty() || is_refused {
        return None;
    }
    let Some((end, _)) = line.char_indices().nth(CHARS_MAX) else { return Some(line) };
    Some(format!("{}…", &line[..end]))
}

/// A name as it may be kept; `None` for what nobody would call a table or a column.
pub(super) fn keepable_name(name: &str) -> Option<&str> {
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"^[\p{L}_][\p{L}\p{N}_ -]{0,62}$").expect("it is sound"));
    Some(name).filter(|it| NAME.is_match(it) && keepable(it).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_reasons_are_kept() {
        for it in [
            "users asked for drafts",
            "one row a user and day; see ADR 12",
            "split because the table was read more than written (issue 341)",
            "id is a uuid so that clients can make it",
            "rows stood in the way",
            "users(id uuid pk, oauth2_provider_name text, address_2_line_of_street varchar(255))",
            "2 steps, no way back on SQLite 3.45",
        ] {
            assert_eq!(keepable(it).as_deref(), Some(it));
        }
        assert_eq!(keepable(" two\n lines ").as_deref(), Some("two lines"));
        assert_eq!(keepable("ä ".repeat(300).trim()).map(|it| it.chars().count()), Some(161));
    }

    #[test]
    fn what_looks_like_a_secret_or_a_row_is_not() {
        for it in [
            "",
            "sk_live_4eC39HqLyjWDarjtT1zdp7dc",
            "rotate whsec_abcd1234efgh5678 soon",
            "password: hunter2",
            "the token is swordfish",
            "postgres://me:pw@host/db",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLW9mLWl0",
            "-----BEGIN PRIVATE KEY-----",
            "ann@example.com had two rows",
            "call 0171 234 5678",
            "row 550e8400-e29b-41d4-a716-446655440000 was wrong",
            "4111 1111 1111 1111",
            "from 10.1.2.3",
            "name = 'Ann'",
            "AKIAIOSFODNN7EXAMPLE",
            "d41d8cd98f00b204e9800998ecf8427e",
        ] {
            assert_eq!(keepable(it), None, "{it}");
        }
    }

    #[test]
    fn names_are_names() {
        assert_eq!(keepable_name("blog_posts"), Some("blog_posts"));
        assert_eq!(keepable_name("größe"), Some("größe"));
        for it in ["", "1; DROP TABLE x", "a\nb", "x'y", "sk_live_4eC39HqLyjWDarjtT1zdp7dc"] {
            assert_eq!(keepable_name(it), None, "{it}");
        }
    }
}
