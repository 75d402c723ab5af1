use super::Settings;
use model::RelPath;

/// Rules that are silent in the files that some globs match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileRule {
    pub paths: Vec<String>,
    pub allow: Vec<String>,
}

/// The names of rules and groups that the settings silence in the file at `path`.
#[must_use]
pub fn allowed_rules<'a>(settings: &'a Settings, path: &RelPath) -> Vec<&'a str> {
    let speaks_of = |it: &&FileRule| {
        // A malformed glob was told when the settings were read, and matches nothing.
        crate::discover::matcher(&it.paths)
            .is_ok_and(|globs| globs.matched_path_or_any_parents(path.as_str(), false).is_ignore())
    };
    let rules = settings.files.iter().filter(speaks_of);
    rules.flat_map(|it| it.allow.iter().map(String::as_str)).collect()
}
