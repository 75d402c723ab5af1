use crate::{Confidence, DocumentId, Span};

/// Whether the spec asks for a thing now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Modality {
    InScope,
    /// Nice to have, could, optional.
    Optional,
    /// A phase, version or milestone after the first.
    LaterPhase,
    /// Shown to explain, not to build: an example, a competitor, a sample.
    Example,
    /// Named as a risk or an alternative.
    Risk,
    /// Said not to be built: a negated sentence.
    Excluded,
    /// Listed under out of scope or non-goals.
    OutOfScope,
}

impl Modality {
    /// The word used in JSON, docs and the editor.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::InScope => "in scope",
            Self::Optional => "optional",
            Self::LaterPhase => "later phase",
            Self::Example => "example",
            Self::Risk => "risk",
            Self::Excluded => "excluded",
            Self::OutOfScope => "out of scope",
        }
    }

    /// Whether a thing with this modality must not be built now.
    #[must_use]
    pub const fn denies(self) -> bool {
        matches!(self, Self::Excluded | Self::OutOfScope)
    }
}

/// One place in a spec that shows a primitive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub document: DocumentId,
    pub span: Span,
    /// Kebab-case name of the reader that found it.
    pub reader: &'static str,
    pub confidence: Confidence,
    pub modality: Modality,
}

/// The backend that a spec implies.
///
/// Items below [`Confidence::REQUIRED`] or with a modality other than in scope are kept as hints;
/// [`Table::is_required`] and [`Need::is_required`] tell them apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detection {
    /// Set when the spec needs no backend, with the sentences that say so.
    pub none: Option<NoBackend>,
    pub tables: Vec<Table>,
    pub relations: Vec<Relation>,
    /// Everything that is not a table, in order of kind and name.
    pub needs: Vec<Need>,
    /// Where the spec says that people sign in; `None` when it does not.
    pub sign_in: Option<Vec<Evidence>>,
}

impl Detection {
    /// The needs of one kind, hints included.
    pub fn needs_of(&self, kind: NeedKind) -> impl Iterator<Item = &Need> {
        self.needs.iter().filter(move |it| it.kind == kind)
    }

    /// The table of that canonical name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.tables.iter().find(|it| it.name == name)
    }
}

/// Why a spec needs no backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoBackend {
    /// A sentence for the reader, such as "runs in the browser only".
    pub reason: String,
    pub evidence: Vec<Evidence>,
}

/// A table that the backend needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Canonical: English, snake_case, plural; literal identifiers of the spec are kept.
    pub name: String,
    /// As the spec writes it, in any language.
    pub label: String,
    pub columns: Vec<Column>,
    /// Column that holds the owning user, when the text shows one.
    pub owner: Option<String>,
    pub policy: Option<Policy>,
    /// Whether a data model, schema or fence names it, in contrast to prose.
    pub explicit: bool,
    pub confidence: Confidence,
    pub modality: Modality,
    pub evidence: Vec<Evidence>,
}

impl Table {
    /// Whether the spec asks for it now, surely enough to provision it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.modality == Modality::InScope && self.confidence >= Confidence::REQUIRED
    }
}

/// Who may see and change the rows of a table, as far as the text says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Policy {
    Public,
    OwnRow,
    OwnOrPublic,
    /// Members of the named table's row.
    MemberOf(String),
    Role(String),
}

/// A column as the spec lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// snake_case; literal identifiers of the spec are kept.
    pub name: String,
    /// SQL-like type when the text gives or clearly implies one.
    pub ty: Option<String>,
    pub key: Option<ColumnKey>,
    pub nullable: Option<bool>,
    /// The closed list of values, when the text gives one.
    pub values: Vec<String>,
    pub document: DocumentId,
    pub span: Span,
}

/// What a column identifies.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ColumnKey {
    Primary,
    Unique,
    /// Points at `table.column`, both canonical.
    Foreign {
        table: String,
        column: String,
    },
}

/// A reference from one table's column to another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    pub from_table: String,
    pub from_column: String,
    pub to_table: String,
    pub to_column: String,
    pub confidence: Confidence,
    pub modality: Modality,
    pub evidence: Vec<Evidence>,
}

/// The kinds of need besides tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NeedKind {
    /// A sign-in method or provider.
    Auth,
    /// A bucket of files.
    Storage,
    /// A server function or webhook.
    Function,
    Schedule,
    Secret,
    Payments,
    Realtime,
    /// Semantic search over embeddings.
    Vector,
    /// Calls to language or other models.
    Gateway,
    Deploy,
}

impl NeedKind {
    pub const ALL: [Self; 10] = [
        Self::Auth,
        Self::Storage,
        Self::Function,
        Self::Schedule,
        Self::Secret,
        Self::Payments,
        Self::Realtime,
        Self::Vector,
        Self::Gateway,
        Self::Deploy,
    ];

    /// The key used in JSON and in `forge.yaml`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Storage => "storage",
            Self::Function => "functions",
            Self::Schedule => "schedules",
            Self::Secret => "secrets",
            Self::Payments => "payments",
            Self::Realtime => "realtime",
            Self::Vector => "vector",
            Self::Gateway => "gateway",
            Self::Deploy => "deploy",
        }
    }
}

/// A backend need that is not a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    pub kind: NeedKind,
    /// Canonical name within its kind: `google`, `avatars`, `webhook:stripe`, `STRIPE`, `daily-digest`.
    pub name: String,
    /// What the kind adds, in this order where present. Schedule: `every`, `cron`, `zone`.
    /// Secret: `env`. Storage: `size`, `types`, `visibility`. Either-or: `instead_of`.
    pub attributes: Vec<(&'static str, String)>,
    pub confidence: Confidence,
    pub modality: Modality,
    pub evidence: Vec<Evidence>,
}

impl Need {
    /// Whether the spec asks for it now, surely enough to provision it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.modality == Modality::InScope && self.confidence >= Confidence::REQUIRED
    }

    #[must_use]
    pub fn attribute(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_str())
    }
}
