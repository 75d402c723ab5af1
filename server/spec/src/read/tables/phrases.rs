//! English phrases of several words that name a field: "email address", "account creation date",
//! "unit of measure", "metadata as JSONB".
//!
//! Who lists fields in words says more than a column is called; what every spec cuts off is cut off
//! here.

/// A phrase without what only tells how the field is kept or used.
pub(super) fn head(phrase: &str) -> &str {
    const CUTS: &[&str] = &[
        " as ",
        " in ",
        " such as ",
        " like ",
        " used ",
        " that ",
        " which ",
        " where ",
        " if ",
        " when ",
        " for ",
        " from ",
        " based on ",
        " linked to ",
        " or ",
        " stored ",
        " — ",
        " – ",
        " - ",
        " '",
        " \"",
        " with ",
        " via ",
        " at which ",
        " to be ",
    ];
    let lower = phrase.to_ascii_lowercase();
    // What stands in brackets is a note.
    let limit = lower.find(['(', '（', ':', '：']).unwrap_or(lower.len());
    const MARKS: &[&str] = &[
        " nullable",
        " optional",
        " required",
        " unique",
        " not null",
        " timestamp",
        " pk",
        " fk",
    ];
    let end = CUTS.iter().filter_map(|it| lower[..limit].find(it)).filter(|it| *it > 0).min();
    let phrase = end.map_or(phrase, |end| phrase[..end].trim_end());
    let mark = MARKS.iter().find(|it| {
        let at = phrase.len().saturating_sub(it.len());
        let tail = phrase.get(at..).is_some_and(|tail| tail.eq_ignore_ascii_case(it));
        // "issued at timestamp", but a "payment timestamp" has no other name.
        tail && (**it != " timestamp" || phrase[..at].ends_with(" at"))
    });
    mark.map_or(phrase, |it| &phrase[..phrase.len() - it.len()])
}

/// The column that a phrase of two or more words usually is in a database.
pub(super) fn usual(phrase: &str) -> Option<&'static str> {
    let phrase = phrase.trim();
    if !phrase.contains(' ') || !phrase.is_ascii() {
        return None;
    }
    let lower = phrase.to_ascii_lowercase();
    let known = match lower.as_str() {
        "email address" | "e-mail address" | "email id" => "email",
        "phone number" | "mobile number" | "telephone number" | "contact number" => "phone",
        "date of birth" => "birth_date",
        "unique identifier" | "unique id" => "id",
        "user reference" | "user identifier" | "associated user" | "owning user" => "user_id",
        "token value" => "token",
        _ => return moment(&lower),
    };
    Some(known)
}

/// "session creation timestamp", "expiry time", "date of last update".
fn moment(lower: &str) -> Option<&'static str> {
    let (rest, last) = lower.rsplit_once(' ')?;
    if !matches!(last, "date" | "time" | "timestamp" | "datetime") {
        return None;
    }
    match rest.rsplit(' ').next()? {
        "creation" | "created" => Some("created_at"),
        "expiration" | "expiry" => Some("expires_at"),
        "updated" | "update" | "modified" | "modification" => Some("updated_at"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_cut_off() {
        for (phrase, expected) in [
            ("metadata as JSONB", "metadata"),
            ("height in centimeters", "height"),
            ("last four digits or identifier", "last four digits"),
            ("status (as text)", "status (as text)"),
            ("title", "title"),
            ("source 'app'|'web'", "source"),
            ("cancelled at timestamp", "cancelled at"),
            ("payment timestamp", "payment timestamp"),
            ("external_id nullable", "external_id"),
        ] {
            assert_eq!(head(phrase), expected);
        }
    }

    #[test]
    fn usual_phrases_have_one_column() {
        for (phrase, expected) in [
            ("Email address", Some("email")),
            ("account creation date", Some("created_at")),
            ("token expiry time", Some("expires_at")),
            ("date of birth", Some("birth_date")),
            ("due date", None),
            ("email_address", None),
        ] {
            assert_eq!(usual(phrase), expected, "{phrase}");
        }
    }
}
