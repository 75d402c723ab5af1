//! The applied backend of a workspace as plain data, whoever read it.

/// What is applied and declared.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backend {
    /// The workspace's name: that of its folder.
    pub name: String,
    /// `dev`
    pub environment: String,
    /// Something to know before relying on the rest: "the database has drifted".
    pub caution: Option<String>,
    pub tables: Vec<Table>,
    /// Everything besides tables, in the order of the sections.
    pub resources: Vec<Resource>,
    /// Names of commands that an agent can call.
    pub tools: Vec<String>,
}

impl Backend {
    /// Whether there is nothing to tell: commands alone are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.resources.is_empty()
    }
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// The row-level security in the words of the language; empty where it is not known.
    pub access: String,
    /// Policies beside it: "editors for update".
    pub policies: Vec<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// In the words of the language.
    pub kind: String,
    pub is_key: bool,
    pub is_nullable: bool,
    pub is_unique: bool,
    /// Table and column.
    pub references: Option<(String, String)>,
}

/// Something that is no table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    pub section: Section,
    pub name: String,
    /// A few words: "private, 5 MB". Never a secret's value.
    pub detail: String,
}

/// The kinds of resources, in the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Section {
    SignIn,
    Buckets,
    Functions,
    Schedules,
    Secrets,
    Payments,
    Channels,
    Search,
    Models,
    Deploy,
}

impl Section {
    pub const ALL: [Self; 10] = [
        Self::SignIn,
        Self::Buckets,
        Self::Functions,
        Self::Schedules,
        Self::Secrets,
        Self::Payments,
        Self::Channels,
        Self::Search,
        Self::Models,
        Self::Deploy,
    ];

    /// The word for one of them.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Buckets => "bucket",
            Self::Functions => "function",
            Self::Schedules => "schedule",
            Self::Secrets => "secret",
            Self::Payments => "payments",
            Self::Channels => "channel",
            Self::Search => "search",
            Self::Models => "models",
            Self::Deploy => "deploy",
        }
    }

    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::SignIn => "Sign-in",
            Self::Buckets => "Buckets",
            Self::Functions => "Functions",
            Self::Schedules => "Schedules",
            Self::Secrets => "Secrets (names only)",
            Self::Payments => "Payments",
            Self::Channels => "Realtime channels",
            Self::Search => "Vector search",
            Self::Models => "Model gateway",
            Self::Deploy => "Deploy targets",
        }
    }
}
