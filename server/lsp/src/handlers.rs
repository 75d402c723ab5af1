//! One file a request: from its parameters and a moment to its answer.

pub(crate) mod code_action;
pub(crate) mod code_action_resolve;
pub(crate) mod diagnostic;
pub(crate) mod initialize;
pub(crate) mod sync;
pub(crate) mod workspace_diagnostic;
