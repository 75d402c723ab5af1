//! The domain's plain types, their ids and legal transitions.
//!
//! Nothing here reads, writes, serialises or decides: every other crate shares these nouns, and a
//! front that needs JSON keeps a wire type of its own.

mod council;
mod detection;
mod diagnostic;
mod ids;
mod span;

pub use crate::council::{
    Class, CouncilFinding, EvidenceLevel, FindingFix, FindingPlace, Reach, Review, ReviewerRun,
    ReviewerStatus, Risk, Stake, SubjectKind, Verdict,
};
pub use crate::detection::{
    Column, ColumnKey, Detection, Evidence, Modality, Need, NeedKind, NoBackend, Policy, Relation,
    Table,
};
pub use crate::diagnostic::{Diagnostic, Fix, FixEdit, Related, Severity, Tag};
pub use crate::ids::{AbsPath, Confidence, DocumentId, RelPath, Timestamp};
pub use crate::span::Span;
