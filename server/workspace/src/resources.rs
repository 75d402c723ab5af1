//! The file of declared resources, `forge/forge.yaml`: read beside the migration specs of its folder,
//! whose tables it may name.

use crate::migrations::{Migrations, is_yaml};
use crate::snapshot::SpecView;
use forge::Declared;
use forge::read::{Around, judge};
use migrate::schema::Schema;
use model::{Diagnostic, DocumentId, RelPath, Timestamp};
use spec::Document;
use std::sync::Arc;

/// Whether the file at `path`, below a workspace's root, declares resources.
#[must_use]
pub fn is_resources(path: &RelPath) -> bool {
    path.as_str() == forge::FILE
}

/// The same for a file that lies in no workspace folder.
#[must_use]
pub fn is_resources_anywhere(path: &RelPath) -> bool {
    let above = path.as_str().strip_suffix(forge::FILE);
    is_yaml(path) && above.is_some_and(|it| it.is_empty() || it.ends_with('/'))
}

/// What the file declares, and what is wrong with it.
#[derive(Debug, Clone)]
pub struct ResourceFile {
    pub declared: Declared,
    /// In the view; behind all migration specs.
    pub document: DocumentId,
    schema: Arc<Schema>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl ResourceFile {
    /// Reads the last document of a set, which is document `index`.
    pub(crate) fn read(
        index: usize,
        document: &Document,
        migrations: &Migrations,
        now: Timestamp,
    ) -> Self {
        let declared = forge::read(&document.text);
        let id = DocumentId(u32::try_from(index).expect("a folder has fewer files"));
        let schema = migrations.schema();
        let around = Around { schema: Some(&schema), now };
        let diagnostics = judge(&document.text, &declared, around, id);
        Self { declared, document: id, schema, diagnostics }
    }

    /// What the file is held against.
    #[must_use]
    pub fn around(&self, now: Timestamp) -> Around<'_> {
        Around { schema: Some(&self.schema), now }
    }
}

/// The resources that a document of a view declares; `None` for any other document.
#[must_use]
pub fn of(view: &SpecView, id: DocumentId) -> Option<&ResourceFile> {
    let file = view.migrations.as_ref()?.resources.as_deref()?;
    (file.document == id).then_some(file)
}
