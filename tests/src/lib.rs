//! What the test binaries, benches and fuzz targets share.

pub mod binary;
pub mod external;
pub mod fuzz;
pub mod lsp_client;
pub mod measure;
pub mod schema_cases;
pub mod specs;
