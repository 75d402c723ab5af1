//! What readers find in one chunk, before anything is weighed against anything else.

use crate::scope::Scope;
use model::{Confidence, Modality, NeedKind, Span};
use std::sync::Arc;
use text::markdown::Chunk;

/// Where and how surely a reader saw something. Spans count from the chunk's start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    pub span: Span,
    /// Kebab-case name of the reader.
    pub reader: &'static str,
    pub confidence: Confidence,
    /// The scope's modality, lowered by the sentence: a negated clause gives `Excluded`.
    pub modality: Modality,
}

/// One finding of one reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact {
    /// A table that a fence, field table, list or heading declares.
    Table(TableFact),
    /// A table that prose names as one in passing ("the `posts` table", `posts.title`): it counts
    /// as declared there only where nothing else declares it.
    Citation(TableFact),
    /// Short phrases that stand together and may be the fields of a thing.
    Group(GroupFact),
    /// A column or reference named apart from its table's declaration.
    Relation(RelationFact),
    /// Who may see and change the rows of a table.
    Policy(PolicyFact),
    /// A thing that prose creates, reads, lists or keeps.
    Entity(EntityFact),
    Need(NeedFact),
    Cue(CueFact),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableFact {
    /// As written.
    pub label: String,
    /// Canonical: English, snake_case, plural unless literal.
    pub name: String,
    pub columns: Vec<ColumnFact>,
    pub sighting: Sighting,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnFact {
    pub name: String,
    pub ty: Option<String>,
    pub primary: bool,
    pub unique: bool,
    pub nullable: Option<bool>,
    /// Target table and column as the text names them, canonical where known.
    pub references: Option<(String, Option<String>)>,
    pub values: Vec<String>,
    pub span: Span,
}

/// Short phrases that stand together, such as the items of a list or what brackets hold; whether
/// they are fields, and of what, is weighed once all of the spec is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFact {
    /// What the phrases may belong to, the likeliest first; never empty.
    pub owners: Vec<OwnerFact>,
    pub members: Vec<MemberFact>,
    /// Phrases of the group that could be no field by their form.
    pub n_others: u16,
    pub shape: GroupShape,
    pub cues: GroupCues,
    pub role: crate::scope::Role,
    pub is_english: bool,
    pub sighting: Sighting,
}

/// How the phrases of a group stand together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GroupShape {
    /// Items below a line, a heading or another item.
    Items,
    /// What follows a colon on one line.
    Colon,
    /// What brackets hold.
    Bracket,
    /// What follows a verb such as "has" in a sentence.
    Verb,
    /// Lines of a fence without code.
    Lines,
    /// The first cells of a table's rows.
    Column,
    /// A list within one cell.
    Cell,
}

/// What the words that lead into a group say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a cue of its own")]
pub struct GroupCues {
    /// That fields follow.
    pub fields: bool,
    /// What a form takes in.
    pub inputs: bool,
    /// "has", "contains", "stores".
    pub has: bool,
    /// Something is shown or looked for.
    pub shows: bool,
    /// Something is narrowed or ordered by them.
    pub filters: bool,
    /// Something is made or changed.
    pub makes: bool,
    /// What somebody can do, or what the product must do.
    pub can: bool,
    /// The values of one field.
    pub values: bool,
    /// A table or record of a database.
    pub stored: bool,
}

/// A thing that a group may belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnerFact {
    /// Canonical.
    pub name: String,
    /// Of the name: judging asks for it on every keystroke, and it is dear.
    pub singular: String,
    pub label: String,
    /// From the chunk's start.
    pub span: Span,
    pub place: OwnerPlace,
}

/// Where the words stand that name the owner of a group, from near to far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OwnerPlace {
    /// The whole label before the group.
    Label,
    /// Right before the group or its verb.
    Subject,
    /// Elsewhere in the line that leads into it.
    Lead,
    /// In an item around it or the line above.
    Outer,
    /// In the nearest heading.
    Heading,
    /// In a heading further out.
    Chapter,
}

/// One phrase of a group with the column that it would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberFact {
    pub column: ColumnFact,
    /// Of the column's name.
    pub singular: String,
    pub traits: MemberTraits,
}

/// What the form of a phrase says of whether it is a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a trait of its own")]
pub struct MemberTraits {
    /// An identifier, by its form or by code ticks.
    pub code: bool,
    /// Many tables have a field of this name.
    pub usual: bool,
    /// Its last word is such a name.
    pub usual_tail: bool,
    pub typed: bool,
    /// Says that it is a key, required, unique or of a list of values.
    pub constrained: bool,
    /// Begins with a verb.
    pub verb: bool,
    /// Is the name of a thing that has rows.
    pub thing: bool,
    pub plural: bool,
    /// Words of the phrase up to its notes, at most four.
    pub words: u8,
    /// Longer than fields are.
    pub long: bool,
    /// Words follow that are no bracket.
    pub noted: bool,
    pub capital: bool,
    /// Not in letters of English, and no list knows it.
    pub foreign: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelationFact {
    pub from_table: String,
    pub from_column: Option<String>,
    pub to_table: String,
    pub to_column: Option<String>,
    pub sighting: Sighting,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFact {
    /// Canonical.
    pub table: String,
    pub policy: model::Policy,
    pub sighting: Sighting,
}

/// What a sentence does with an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Deed {
    Create,
    /// Stored, saved, recorded.
    Keep,
    /// All of it in one word: "manage", "CRUD".
    Manage,
    /// All of it spelled out: "create, edit and delete".
    Crud,
    /// Stands in a list of things.
    List,
    Read,
    Update,
    Delete,
    /// Has, contains, belongs to.
    Relate,
    Mention,
}

impl Deed {
    /// Whether it brings rows into being.
    #[must_use]
    pub fn makes(self) -> bool {
        matches!(self, Self::Create | Self::Keep | Self::Manage | Self::Crud | Self::List)
    }
}

/// How an entity stands out where it is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    Plain,
    /// Most of a table cell.
    Cell,
    /// Opens an item.
    Lead,
    /// Most of a heading.
    Heading,
}

/// What a section is worth for the entities that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Worth {
    /// Requirements, features, stories: what is named there is asked for.
    Asks,
    Neutral,
    /// Introductions, screens, personas, plans: things are talked about.
    Talks,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityFact {
    pub label: String,
    pub name: String,
    pub deed: Deed,
    pub standing: Standing,
    pub worth: Worth,
    /// Which passage of the chunk it stands in: what one passage repeats is said once.
    pub passage: u32,
    /// Beside it stands what rows have: "order status".
    pub has_part: bool,
    /// It stands in the title of the document.
    pub in_title: bool,
    pub is_plural: bool,
    pub sighting: Sighting,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedFact {
    pub kind: NeedKind,
    /// Canonical within its kind, see [`model::Need::name`].
    pub name: String,
    pub attributes: Vec<(&'static str, String)>,
    /// Facts of one chunk with the same number are alternatives: "Stripe or Paddle".
    pub either: Option<u32>,
    pub sighting: Sighting,
}

/// A hint about the whole product that is no primitive itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CueFact {
    pub cue: Cue,
    pub sighting: Sighting,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cue {
    /// People have to sign in.
    SignIn,
    /// Nobody signs in.
    NoSignIn,
    /// No backend, client only, local storage, in memory.
    LocalOnly,
    /// A server, API or database is asked for.
    Server,
    /// A command-line tool, library, plugin or static site.
    ClientKind,
    /// Rows belong to the person who made them.
    Ownership,
    /// Rows are shared with others.
    Sharing,
}

/// A block with the scope it stands in.
#[derive(Debug, Clone)]
pub struct ScopedBlock {
    /// Index into the chunk's blocks.
    pub index: usize,
    pub scope: Scope,
}

/// All that is known of a chunk under the scope it starts in; shared until either changes.
#[derive(Debug, Clone)]
pub struct ChunkFacts {
    pub chunk: Arc<Chunk>,
    pub blocks: Vec<ScopedBlock>,
    pub facts: Vec<Fact>,
    /// What the block rules report, with spans from the chunk's start.
    pub findings: Vec<model::Diagnostic>,
    /// What rules that judge the whole spec remember of this chunk.
    pub notes: Vec<crate::rules::Note>,
    /// The allow comments, which silence rules.
    pub allows: Vec<crate::rules::Allow>,
    /// Requirements and what is said of them.
    pub requirements: Vec<crate::requirements::Part>,
    /// The scope behind the last block.
    pub scope_after: Scope,
}
