//! One file a request: from its parameters and a moment to its answer.

pub(crate) mod code_action;
pub(crate) mod code_action_resolve;
pub(crate) mod code_lens;
pub(crate) mod completion;
pub(crate) mod definition;
pub(crate) mod diagnostic;
pub(crate) mod document_link;
pub(crate) mod document_symbol;
pub(crate) mod execute_command;
pub(crate) mod folding_range;
pub(crate) mod hover;
pub(crate) mod initialize;
pub(crate) mod inlay_hint;
pub(crate) mod references;
pub(crate) mod rename;
pub(crate) mod rollback;
pub(crate) mod selection_range;
pub(crate) mod semantic_tokens;
pub(crate) mod sync;
pub(crate) mod text_document;
pub(crate) mod workspace_diagnostic;
pub(crate) mod workspace_symbol;
