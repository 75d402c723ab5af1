//! Holds a list of rules against its pages, its files and its examples; what the tests of each crate
//! with rules share.

use super::{Example, examples};
use std::collections::BTreeSet;
use std::path::Path;

/// The pages of a folder: its index, and one for each rule.
pub struct Pages<'a> {
    pub folder: &'a Path,
    pub index: String,
    /// Name and page of each rule.
    pub pages: Vec<(&'a str, String)>,
}

impl Pages<'_> {
    /// Compares each page with its file by `compare`, and tells which files belong to no rule.
    ///
    /// # Panics
    /// When the folder cannot be made or read.
    #[must_use]
    pub fn left_over(&self, compare: impl Fn(&Path, &str)) -> Vec<String> {
        std::fs::create_dir_all(self.folder).expect("the folder of pages can be made");
        let mut known = BTreeSet::from(["README.md".to_owned()]);
        compare(&self.folder.join("README.md"), &self.index);
        for (name, page) in &self.pages {
            let file = format!("{name}.md");
            compare(&self.folder.join(&file), page);
            known.insert(file);
        }
        names(self.folder).into_iter().filter(|it| !known.contains(it)).collect()
    }
}

/// Tells what is wrong with the files of a folder of rules: a rule that `names` lacks or that is not
/// called like its file, and a helper that the parent file does not name.
///
/// # Panics
/// When a file cannot be read.
#[must_use]
pub fn unlisted(folder: &Path, names: &[&str]) -> Vec<String> {
    let parent = std::fs::read_to_string(folder.with_extension("rs")).expect("the parent file");
    let mut out = Vec::new();
    for file in self::names(folder) {
        let source = std::fs::read_to_string(folder.join(&file)).expect("a source file");
        let stem = file.trim_end_matches(".rs");
        let name = stem.replace('_', "-");
        let is_rule = source.lines().any(|it| matches!(it, "declare_rule! {" | "declare_lint! {"));
        if !is_rule {
            let line = format!("mod {stem};");
            if !parent.lines().any(|it| it.ends_with(&line)) {
                out.push(format!("{file} is no rule, and the parent file has no `{line}`"));
            }
        } else if !names.contains(&name.as_str()) {
            out.push(format!("{file} is not in the list of rules"));
        } else if !source.contains(&format!("name: \"{name}\"")) {
            out.push(format!("{file} declares a rule of another name"));
        }
    }
    out
}

/// Tells which of the rules, given by name and doc comment, lack an example of either kind, and what
/// `judge` holds against each example.
pub fn wrong_examples<'a>(
    rules: impl Iterator<Item = (&'a str, &'a str)>,
    mut judge: impl FnMut(&str, &Example) -> Option<String>,
) -> String {
    let mut out = String::new();
    for (name, docs) in rules {
        let examples = examples(docs);
        for bad in [true, false] {
            if !examples.iter().any(|it| it.bad == bad) {
                out += &format!("{name}: has no example with bad = {bad}\n");
            }
        }
        for example in &examples {
            if let Some(why) = judge(name, example) {
                out += &format!("{name}: bad = {} gives {why}\n", example.bad);
            }
        }
    }
    out
}

/// The files of a folder, in order.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("the folder is there");
    let name = |it: std::io::Result<std::fs::DirEntry>| {
        it.expect("a readable entry").file_name().to_string_lossy().into_owned()
    };
    let mut out: Vec<String> = entries.map(name).collect();
    out.sort();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_told() {
        let root = std::env::temp_dir().join(format!("specwright-held-{}", std::process::id()));
        let folder = root.join("rules");
        std::fs::create_dir_all(&folder).expect("a folder for the test");
        let write = |path: &str, text: &str| {
            std::fs::write(root.join(path), text).expect("the folder is ours");
        };
        write("rules.rs", "mod sink;\n");
        write("rules/sink.rs", "struct Sink;\n");
        write("rules/lost.rs", "struct Lost;\n");
        write("rules/a_rule.rs", "declare_rule! {\n    name: \"a-rule\",\n}\n");
        write("rules/other.rs", "declare_rule! {\n    name: \"another\",\n}\n");
        write("rules/new.rs", "declare_rule! {\n    name: \"new\",\n}\n");
        assert_eq!(
            unlisted(&folder, &["a-rule", "other"]),
            [
                "lost.rs is no rule, and the parent file has no `mod lost;`",
                "new.rs is not in the list of rules",
                "other.rs declares a rule of another name",
            ]
        );
        let pages = Pages { folder: &folder, index: String::new(), pages: Vec::new() };
        assert_eq!(pages.left_over(|_, _| ()).len(), 5);
        let docs = [("x", " One.\n\n ```sql,bad\n y\n ```\n")];
        let wrong = wrong_examples(docs.into_iter(), |_, it| Some(it.text.clone()));
        assert_eq!(wrong, "x: has no example with bad = false\nx: bad = true gives y\n\n");
        std::fs::remove_dir_all(&root).expect("the folder is ours");
    }
}
