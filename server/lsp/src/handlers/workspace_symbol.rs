//! `workspace/symbol`: headings, requirements, tables and columns of all specs.

use crate::session::Moment;
use crate::to_proto;
use lsp_types::{
    BaseSymbolInformation, SymbolInformation, WorkspaceSymbolParams, WorkspaceSymbolResponse,
};
use tower_lsp::jsonrpc::Result;
use workspace::features::symbols::search;

pub(crate) fn workspace_symbol(
    moment: &Moment,
    params: WorkspaceSymbolParams,
) -> Result<Option<WorkspaceSymbolResponse>> {
    let views = moment.views();
    let found = search(&views, &params.query).into_iter().filter_map(|it| {
        let location = to_proto::locations(moment, std::slice::from_ref(&it.location)).pop()?;
        #[expect(deprecated, reason = "the protocol's type has a field that it no longer wants")]
        Some(SymbolInformation {
            deprecated: None,
            location,
            base_symbol_information: BaseSymbolInformation {
                name: it.name,
                kind: to_proto::symbol_kind(it.kind),
                tags: None,
                container_name: it.container,
            },
        })
    });
    Ok(Some(WorkspaceSymbolResponse::SymbolInformationList(found.collect())))
}
