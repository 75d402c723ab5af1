//! What the client at the other end can do; asked for once, at `initialize`.
//!
//! Clients differ in what they declare, and some apply what they never declared (recordings of ten
//! of them are in `tests/fixtures/clients`). What is not declared is not relied on.

use lsp_types::{
    ClientCapabilities, DiagnosticsCapabilities, InitializeParams, MarkupKind,
    PositionEncodingKind, ResourceOperationKind, WorkspaceEditClientCapabilities,
};
use serde_json::Value;
use text::line_index::Encoding;
use workspace::commands::Shows;

#[derive(Debug, Clone)]
pub(crate) struct Profile {
    pub(crate) encoding: Encoding,
    /// The client asks for diagnostics; then none are pushed.
    pub(crate) pulls_diagnostics: bool,
    pub(crate) refreshes_diagnostics: bool,
    /// The client pulls, but cannot be asked to pull again: what is found while nothing changes is
    /// pushed, and left out of what it pulls.
    pub(crate) is_told_late: bool,
    pub(crate) reads_related_documents: bool,
    pub(crate) reads_related_information: bool,
    pub(crate) reads_diagnostic_data: bool,
    pub(crate) reads_diagnostic_tags: bool,
    pub(crate) reads_code_description: bool,
    pub(crate) reads_action_literals: bool,
    /// Edits of actions may be left to `codeAction/resolve`.
    pub(crate) resolves_action_edits: bool,
    pub(crate) reads_preferred_actions: bool,
    pub(crate) reads_document_changes: bool,
    pub(crate) applies_edits: bool,
    /// Edits that the author goes through before they are applied, with those of files besides.
    pub(crate) previews_edits: Option<Shows>,
    /// Reads what kind of edit it is, by which editors save what they changed.
    pub(crate) reads_edit_metadata: bool,
    pub(crate) reads_symbol_trees: bool,
    pub(crate) draws_lenses: bool,
    pub(crate) draws_hints: bool,
    pub(crate) prepares_renames: bool,
    pub(crate) reads_markdown_hovers: bool,
    /// In completions.
    pub(crate) reads_markdown: bool,
    /// Documents that the server makes up: `workspace/textDocumentContent`.
    pub(crate) reads_text_documents: bool,
    pub(crate) shows_documents: bool,
    pub(crate) refreshes_lenses: bool,
    pub(crate) refreshes_hints: bool,
    pub(crate) refreshes_tokens: bool,
    pub(crate) gives_configuration: bool,
    pub(crate) registers_configuration: bool,
    pub(crate) registers_watched_files: bool,
    pub(crate) shows_progress: bool,
    pub(crate) reads_server_status: bool,
    /// The author can be asked for a line of text: `specwright/input`.
    pub(crate) types_text: bool,
    /// Name and version: `Neovim 0.11.2`.
    pub(crate) client: String,
    /// Commands of the client that lenses and actions may use.
    pub(crate) commands: Vec<String>,
}

impl Profile {
    pub(crate) fn new(params: &InitializeParams) -> Self {
        let all = &params.capabilities;
        let document = all.text_document.clone().unwrap_or_default();
        let workspace = all.workspace.clone().unwrap_or_default();
        let window = all.window.unwrap_or_default();
        let pull = document.diagnostic.as_ref();
        let push = document.publish_diagnostics.as_ref();
        let diagnostics = pull.map(|it| &it.diagnostics_capabilities);
        let diagnostics = diagnostics.or(push.map(|it| &it.diagnostics_capabilities));
        let diagnostics = diagnostics.cloned().unwrap_or_else(DiagnosticsCapabilities::default);
        let actions = document.code_action.clone().unwrap_or_default();
        let resolves = actions.resolve_support.as_ref();
        let edit = workspace.workspace_edit.as_ref();
        let hover = document.hover.as_ref().and_then(|it| it.content_format.as_ref());
        let symbols = document.document_symbol.as_ref();
        let item = document.completion.as_ref().and_then(|it| it.completion_item.as_ref());
        let files = workspace.did_change_watched_files.as_ref();
        let settings = workspace.did_change_configuration.as_ref();
        let lenses = workspace.code_lens.as_ref().and_then(|it| it.refresh_support);
        let hints = workspace.inlay_hint.as_ref().and_then(|it| it.refresh_support);
        let tokens = workspace.semantic_tokens.as_ref().and_then(|it| it.refresh_support);
        let refreshes = workspace.diagnostics.as_ref().and_then(|it| it.refresh_support);
        Self {
            encoding: encoding(all),
            pulls_diagnostics: pull.is_some(),
            refreshes_diagnostics: refreshes == Some(true),
            is_told_late: pull.is_some() && refreshes != Some(true),
            reads_related_documents: pull.and_then(|it| it.related_document_support) == Some(true),
            reads_related_information: diagnostics.related_information == Some(true),
            reads_diagnostic_data: diagnostics.data_support == Some(true),
            reads_diagnostic_tags: diagnostics.tag_support.is_some(),
            reads_code_description: diagnostics.code_description_support == Some(true),
            reads_action_literals: actions.code_action_literal_support.is_some(),
            resolves_action_edits: resolves
                .is_some_and(|it| it.properties.iter().any(|it| it == "edit"))
                && actions.data_support == Some(true),
            reads_preferred_actions: actions.is_preferred_support == Some(true),
            reads_document_changes: edit.and_then(|it| it.document_changes) == Some(true),
            applies_edits: workspace.apply_edit == Some(true),
            previews_edits: edit.filter(|_| workspace.apply_edit == Some(true)).and_then(shows),
            reads_edit_metadata: edit.and_then(|it| it.metadata_support) == Some(true),
            reads_symbol_trees: symbols.and_then(|it| it.hierarchical_document_symbol_support)
                == Some(true),
            prepares_renames: document.rename.as_ref().and_then(|it| it.prepare_support)
                == Some(true),
            draws_lenses: document.code_lens.is_some(),
            draws_hints: document.inlay_hint.is_some(),
            reads_markdown_hovers: hover.is_some_and(|it| it.contains(&MarkupKind::Markdown)),
            reads_markdown: item
                .and_then(|it| it.documentation_format.as_ref())
                .is_some_and(|it| it.contains(&MarkupKind::Markdown)),
            reads_text_documents: workspace.text_document_content.is_some(),
            shows_documents: window.show_document.as_ref().is_some_and(|it| it.support),
            refreshes_lenses: lenses == Some(true),
            refreshes_hints: hints == Some(true),
            refreshes_tokens: tokens == Some(true),
            gives_configuration: workspace.configuration == Some(true),
            registers_configuration: settings.and_then(|it| it.dynamic_registration) == Some(true),
            registers_watched_files: files.and_then(|it| it.dynamic_registration) == Some(true),
            shows_progress: window.work_done_progress == Some(true),
            reads_server_status: experimental(all, "serverStatusNotification"),
            types_text: experimental(all, "input"),
            client: client(params),
            commands: commands(all),
        }
    }
}

/// Which edits of files can be gone through; `None` where none can, not even those of texts.
fn shows(edit: &WorkspaceEditClientCapabilities) -> Option<Shows> {
    let annotates = edit.change_annotation_support.is_some();
    let operations = edit.resource_operations.as_deref().unwrap_or_default();
    let has = |it: ResourceOperationKind| operations.contains(&it);
    (annotates && edit.document_changes == Some(true)).then(|| Shows {
        creates: has(ResourceOperationKind::Create),
        renames: has(ResourceOperationKind::Rename),
        deletes: has(ResourceOperationKind::Delete),
    })
}

/// At most so many characters of each are told on.
const NAME_CHARS_MAX: usize = 60;

fn client(params: &InitializeParams) -> String {
    let Some(info) = &params.client_info else { return "an editor".to_owned() };
    let plain = |it: &str| -> String {
        it.chars().filter(|it| !it.is_control()).take(NAME_CHARS_MAX).collect()
    };
    let version = info.version.as_deref().map(plain).unwrap_or_default();
    format!("{} {version}", plain(&info.name)).trim().to_owned()
}

/// UTF-8 when offered: it is what texts are held in. UTF-16 is what every client must understand.
fn encoding(capabilities: &ClientCapabilities) -> Encoding {
    let offered = capabilities.general.as_ref().and_then(|it| it.position_encodings.as_ref());
    match offered {
        Some(offered) if offered.contains(&PositionEncodingKind::UTF8) => Encoding::Utf8,
        _ => Encoding::Utf16,
    }
}

fn experimental(capabilities: &ClientCapabilities, name: &str) -> bool {
    let value = capabilities.experimental.as_ref().and_then(|it| it.get(name));
    value.and_then(Value::as_bool) == Some(true)
}

/// Announced as rust-analyzer's clients do: `experimental.commands.commands`.
fn commands(capabilities: &ClientCapabilities) -> Vec<String> {
    let commands =
        capabilities.experimental.as_ref().and_then(|it| it.pointer("/commands/commands"));
    let commands = commands.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    commands.iter().filter_map(|it| it.as_str().map(str::to_owned)).collect()
}
