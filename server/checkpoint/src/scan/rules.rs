use crate::path::os_of;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use std::path::Path;
use std::sync::Arc;

/// What is ignored in a folder: its own rules before those of the folders above.
#[derive(Clone, Default)]
pub(crate) struct Rules(Option<Arc<Layer>>);

struct Layer {
    matcher: Gitignore,
    /// How many bytes of a path, counted from the top of the worktree, lead to the rules' folder.
    n_bytes: usize,
    above: Rules,
}

impl Rules {
    /// The user's own rules for all repositories.
    pub(crate) fn of_user() -> Self {
        Self::default().with(Gitignore::global().0, 0)
    }

    fn with(self, matcher: Gitignore, n_bytes: usize) -> Self {
        if matcher.is_empty() {
            return self;
        }
        Self(Some(Arc::new(Layer { matcher, n_bytes, above: self })))
    }

    /// Adds the rules in `file` for what lies below the folder whose path has `n_bytes`.
    pub(crate) fn and_file(self, file: &Path, n_bytes: usize) -> Self {
        let mut builder = GitignoreBuilder::new("");
        // Lines that are no globs are left out, as git does.
        let _ = builder.add(file);
        match builder.build() {
            Ok(matcher) => self.with(matcher, n_bytes),
            Err(_) => self,
        }
    }

    /// Whether the path, counted from the top of the worktree, is ignored; folders above it are the
    /// caller's affair.
    pub(crate) fn ignores(&self, path: &[u8], is_folder: bool) -> bool {
        let mut at = &self.0;
        while let Some(layer) = at {
            let below = &path[layer.n_bytes.min(path.len())..];
            let found = layer.matcher.matched(Path::new(&os_of(below)), is_folder);
            if !found.is_none() {
                return found.is_ignore();
            }
            at = &layer.above.0;
        }
        false
    }
}
