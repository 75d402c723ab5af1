//! `textDocument/definition` and `textDocument/typeDefinition`.

use crate::session::Moment;
use crate::to_proto;
use lsp_types::{
    Definition, DefinitionParams, DefinitionResponse, Location, TypeDefinitionParams,
    TypeDefinitionResponse,
};
use tower_lsp::jsonrpc::Result;
use workspace::features::navigation;

pub(crate) fn definition(
    moment: &Moment,
    params: DefinitionParams,
) -> Result<Option<DefinitionResponse>> {
    let Some((doc, place)) = moment.at(&params.text_document_position_params) else {
        return Ok(None);
    };
    let mut found = navigation::definitions(&doc.view, place, &[]);
    let mut others = Vec::new();
    if found.is_empty() {
        // Only now are the other specs worth reading.
        others = moment.others(&doc);
        found = navigation::definitions(&doc.view, place, &others);
    }
    found.extend(navigation::counterparts(&doc.view, place, &moment.beside(&doc)));
    let locations = to_proto::locations(moment, &found);
    drop(others);
    Ok(some(locations).map(DefinitionResponse::Definition))
}

pub(crate) fn type_definition(
    moment: &Moment,
    params: TypeDefinitionParams,
) -> Result<Option<TypeDefinitionResponse>> {
    let Some((doc, place)) = moment.at(&params.text_document_position_params) else {
        return Ok(None);
    };
    let found = navigation::type_definitions(&doc.view, place);
    let locations = to_proto::locations(moment, &found);
    Ok(some(locations).map(TypeDefinitionResponse::Definition))
}

fn some(locations: Vec<Location>) -> Option<Definition> {
    (!locations.is_empty()).then_some(Definition::LocationList(locations))
}
