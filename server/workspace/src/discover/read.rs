use model::AbsPath;
use std::io;
use std::sync::Arc;
use system::System;

/// Larger files are not read: 16 MiB, which takes seconds to analyse; a long book has 2.
pub const BYTES_MAX: u64 = 16 << 20;

/// A file's text in a form whose byte offsets are those of the file, apart from a byte order mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// Without the byte order mark; each byte that is no UTF-8 is read as `?`.
    pub text: Arc<str>,
    /// Whether the file starts with a byte order mark: its offsets are 3 greater than the text's.
    pub has_mark: bool,
    /// Offset of the first byte that is no UTF-8; such a file is never written back.
    pub invalid_at: Option<usize>,
}

/// Why a file cannot be read as text.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("read `{path}`")]
    Io { path: AbsPath, source: io::Error },
    #[error("read `{path}`: it is larger than 16 MiB; split it, or exclude it in specwright.toml")]
    TooLarge { path: AbsPath },
    #[error("read `{path}`: it is binary; exclude it in specwright.toml if it is no spec")]
    Binary { path: AbsPath },
    #[error("read `{path}`: it is UTF-16; save it as UTF-8")]
    Utf16 { path: AbsPath },
}

/// Reads a file as text.
///
/// # Errors
/// [`ReadError::TooLarge`] above [`BYTES_MAX`]; [`ReadError::Binary`] when a NUL byte is among the
/// first 8 KiB; the message says what to do.
pub fn read_text(system: &dyn System, path: &AbsPath) -> Result<SourceText, ReadError> {
    let bytes = system.read(path, BYTES_MAX).map_err(|source| match source.kind() {
        io::ErrorKind::FileTooLarge => ReadError::TooLarge { path: path.clone() },
        _ => ReadError::Io { path: path.clone(), source },
    })?;
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(ReadError::Utf16 { path: path.clone() });
    }
    if bytes.iter().take(8 << 10).any(|it| *it == 0) {
        return Err(ReadError::Binary { path: path.clone() });
    }
    Ok(decode(bytes))
}

/// Reads bytes as text; never fails.
#[must_use]
pub fn decode(mut bytes: Vec<u8>) -> SourceText {
    let has_mark = bytes.starts_with(&[0xEF, 0xBB, 0xBF]);
    if has_mark {
        bytes.drain(..3);
    }
    match String::from_utf8(bytes) {
        Ok(text) => SourceText { text: text.into(), has_mark, invalid_at: None },
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let text = with_question_marks(error.as_bytes());
            SourceText { text: text.into(), has_mark, invalid_at: Some(at) }
        }
    }
}

fn with_question_marks(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| '?'));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use system::TestSystem;

    fn read(bytes: &[u8]) -> Result<SourceText, String> {
        let system = TestSystem::new();
        let path = AbsPath::new(std::path::Path::new("/w/PRD.md")).expect("it is absolute");
        system.set_file(&path, bytes);
        read_text(&system, &path).map_err(|it| it.to_string())
    }

    #[test]
    fn offsets_stay_those_of_the_file_when_bytes_are_no_utf_8() {
        let it = read(b"a\xFFb\xE2\x82c").expect("it is text");
        assert_eq!((&*it.text, it.invalid_at), ("a?b??c", Some(1)));
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        let it = read("\u{feff}# A\r\n".as_bytes()).expect("it is text");
        assert_eq!((&*it.text, it.has_mark), ("# A\r\n", true));
    }

    #[test]
    fn what_is_no_text_is_refused_with_what_to_do() {
        assert!(read(b"\x00\x01").expect_err("binary").contains("exclude it"));
        assert!(read(b"\xFF\xFEa\x00").expect_err("UTF-16").contains("save it as UTF-8"));
    }
}
