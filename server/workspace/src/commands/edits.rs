use super::CommandError;
use model::{AbsPath, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use system::System;

/// The edits of one file; a front applies them through its editor, or by [`write_edits`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FileEdit {
    /// Absolute.
    pub path: String,
    /// In order, disjoint.
    pub edits: Vec<TextPatch>,
}

/// Replaces the bytes `start..end` of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TextPatch {
    pub start: u32,
    pub end: u32,
    pub text: String,
}

impl TextPatch {
    pub(crate) fn new(span: Span, text: impl Into<String>) -> Self {
        Self { start: span.start, end: span.end, text: text.into() }
    }
}

/// The text after the edits; an edit that does not fit is left out.
#[must_use]
pub fn apply_patches(text: &str, edits: &[TextPatch]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        let (start, end) = (edit.start as usize, edit.end as usize);
        let Some(kept) = text.get(at..start).filter(|_| text.is_char_boundary(end.min(text.len())))
        else {
            continue;
        };
        out.push_str(kept);
        out.push_str(&edit.text);
        at = end.min(text.len());
    }
    out.push_str(&text[at..]);
    out
}

/// The patches that make `new` of `old`, by whole lines.
pub(crate) fn line_patches(old: &str, new: &str) -> Vec<TextPatch> {
    let lines = |it| -> Vec<&str> { str::split_inclusive(it, '\n').collect() };
    let (old, new) = (lines(old), lines(new));
    let mut out = Vec::new();
    let mut start = 0;
    for op in similar::capture_diff_slices(similar::Algorithm::Myers, &old, &new) {
        let end = start + old[op.old_range()].iter().map(|it| it.len()).sum::<usize>();
        if op.tag() != similar::DiffTag::Equal {
            out.push(TextPatch::new(Span::new(start, end), new[op.new_range()].concat()));
        }
        start = end;
    }
    out
}

/// Writes the edits to disk, each file as a whole; a file that is no UTF-8 is refused before the
/// first is written.
///
/// # Errors
/// Names the file that could not be read or written; files before it are written.
pub fn write_edits(system: &dyn System, edits: &[FileEdit]) -> Result<(), CommandError> {
    let mut files = Vec::new();
    for file in edits {
        let path = AbsPath::new(std::path::Path::new(&file.path)).ok_or_else(|| {
            CommandError::user(format!("write `{}`: no absolute path", file.path))
        })?;
        let (old, mark) = match crate::discover::read_text(system, &path) {
            Ok(it) if it.invalid_at.is_some() => {
                let error = CommandError::user(format!("write `{path}`: it is not valid UTF-8"));
                return Err(error.hint("save it as UTF-8 first"));
            }
            Ok(it) => (it.text, it.has_mark),
            Err(_) if !system.exists(&path) => ("".into(), false),
            Err(error) => return Err(CommandError::internal(&error)),
        };
        let mark = if mark { "\u{feff}" } else { "" };
        files.push((path, format!("{mark}{}", apply_patches(&old, &file.edits))));
    }
    for (path, text) in files {
        let folder = path.as_path().parent().and_then(AbsPath::new);
        let made = folder.map_or(Ok(()), |it| system.create_dir_all(&it));
        made.and_then(|()| system.write_atomic(&path, text.as_bytes())).map_err(|error| {
            let message = format!("write `{path}`: {error}");
            CommandError::new(super::ErrorKind::Internal, message)
                .hint("the file is as it was; check its permissions and the free space")
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_to_the_text_they_were_made_for() {
        let edits = [TextPatch::new(Span::at(0), "X"), TextPatch::new(Span::new(2, 3), "")];
        assert_eq!(apply_patches("abcd", &edits), "Xabd");
        let past_the_end = [TextPatch::new(Span::new(9, 12), "Y")];
        assert_eq!(apply_patches("ab", &past_the_end), "ab");
    }
}
