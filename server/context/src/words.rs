//! Names and texts as words that can be compared.

use std::collections::BTreeSet;

/// The words of a name or text in lower case and in the singular: `blogPosts_v2` is `blog`, `post`,
/// `v2`. Words of one letter are left out.
pub(crate) fn words(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut word = String::new();
    let mut was_lower = false;
    for it in text.chars() {
        if !it.is_alphanumeric() || (it.is_uppercase() && was_lower) {
            take(&mut word, &mut out);
        }
        if it.is_alphanumeric() {
            word.extend(it.to_lowercase());
        }
        was_lower = it.is_lowercase();
    }
    take(&mut word, &mut out);
    out
}

fn take(word: &mut String, out: &mut BTreeSet<String>) {
    let word = std::mem::take(word);
    if word.chars().count() > 1 {
        out.insert(singular(word));
    }
}

/// The same for both numbers of nearly all English nouns. It need not be the right singular: both
/// sides of a comparison go through it.
fn singular(mut word: String) -> String {
    let is_noun = word.len() > 3 && !word.ends_with("ss") && !word.ends_with("us");
    if !is_noun {
        return word;
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    if ["ses", "xes", "zes", "ches", "shes"].iter().any(|it| word.ends_with(it)) {
        word.truncate(word.len() - 2);
    } else if word.ends_with('s') {
        word.pop();
    }
    word
}

/// How much two sets have in common: 0 to 1.
pub(crate) fn overlap(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
    let (both, all) = (a.intersection(b).count(), a.union(b).count());
    if all == 0 { 0.0 } else { both as f64 / all as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_style_have_the_same_words() {
        for it in ["blog_posts", "BlogPost", "blog-post", "Blog posts", "blogPosts"] {
            assert_eq!(Vec::from_iter(words(it)), ["blog", "post"], "{it}");
        }
        assert_eq!(words("categories boxes addresses"), words("category box address"));
        assert_eq!(Vec::from_iter(words("a Übung")), ["übung"]);
        assert!(words("-- x").is_empty());
    }
}
