use ignore::gitignore::{Gitignore, GitignoreBuilder};
use model::RelPath;

/// Where specs are looked for without any setting, in the syntax of `.gitignore`.
pub const STANDARD: &[&str] = &[
    "prd.*",
    "*[-_.]prd.*",
    "prd[-_.]*",
    "srs.*",
    "spec.md",
    "specs/**",
    "docs/**/prd*/**",
    "docs/**/product-requirements*",
    "docs/**/requirements*",
    ".kiro/specs/**",
    "openspec/specs/**",
    "openspec/changes/**",
    "!openspec/changes/archive/**",
    ".taskmaster/docs/**",
    "scripts/*prd*.txt",
    "docs/epics/**",
    "docs/stories/**",
    "_bmad-output/planning-artifacts/**",
];

/// Decides by its path whether a file is a spec.
#[derive(Debug, Clone)]
pub struct Patterns {
    include: Gitignore,
    exclude: Gitignore,
}

/// A glob that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("read the glob `{glob}`")]
pub struct PatternError {
    pub glob: String,
    pub source: ignore::Error,
}

impl Patterns {
    /// The standard places alone.
    #[must_use]
    pub fn standard() -> Self {
        Self::new(&[], &[]).expect("the standard globs are well-formed")
    }

    /// The standard places and `include`, without `exclude`.
    ///
    /// # Errors
    /// Names the first glob that cannot be read.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, PatternError> {
        let standard = STANDARD.iter().map(|it| (*it).to_owned());
        let include: Vec<String> = standard.chain(include.iter().cloned()).collect();
        Ok(Self { include: matcher(&include)?, exclude: matcher(exclude)? })
    }

    /// Whether the file at `path` is read as a spec: it is text by its name, and lies in one of
    /// the places.
    #[must_use]
    pub fn is_spec(&self, path: &RelPath) -> bool {
        is_text(path)
            && !self.is_excluded(path)
            && self.include.matched_path_or_any_parents(path.as_str(), false).is_ignore()
    }

    pub(super) fn is_excluded(&self, path: &RelPath) -> bool {
        self.exclude.matched_path_or_any_parents(path.as_str(), false).is_ignore()
    }
}

/// A glob list for other uses, such as the files a setting speaks of.
pub(crate) fn matcher(globs: &[String]) -> Result<Gitignore, PatternError> {
    // The globs are matched against paths below the root, so the builder's own root is empty.
    let mut builder = GitignoreBuilder::new("");
    let error = |glob: &String, source| PatternError { glob: glob.clone(), source };
    builder.case_insensitive(true).map_err(|it| error(&String::new(), it))?;
    for glob in globs {
        builder.add_line(None, glob).map_err(|it| error(glob, it))?;
    }
    let all = globs.join(" ");
    builder.build().map_err(|it| error(&all, it))
}

pub(super) fn is_text(path: &RelPath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    matches!(name.rsplit_once('.'), Some((_, "md" | "markdown" | "mdx" | "txt")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_spec(path: &str) -> bool {
        Patterns::standard().is_spec(&RelPath::new(path).expect("a path"))
    }

    #[test]
    fn names_match_in_any_case_and_folder() {
        for path in ["Prd.MD", "apps/web/my-PRD.md", "docs/prd-v2.md", "docs/x/prd/a.md", "SRS.txt"]
        {
            assert!(is_spec(path), "{path}");
        }
        for path in ["README.md", "docs/prdish.md", "prd.rs", "openspec/changes/archive/x/spec.md"]
        {
            assert!(!is_spec(path), "{path}");
        }
    }

    #[test]
    fn a_setting_adds_and_takes_away() {
        let patterns = Patterns::new(&["product/**".to_owned()], &["specs/old/**".to_owned()]);
        let patterns = patterns.expect("well-formed");
        let is_spec = |path| patterns.is_spec(&RelPath::new(path).expect("a path"));
        assert!(is_spec("product/idea.md") && is_spec("specs/new.md"));
        assert!(!is_spec("specs/old/a.md"));
    }

    #[test]
    fn a_malformed_glob_is_named() {
        let error = Patterns::new(&["a{b".to_owned()], &[]).expect_err("the brace is not closed");
        assert_eq!(error.glob, "a{b");
    }
}
