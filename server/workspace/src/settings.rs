//! Settings: one declaration, from which schema, reference page and editor settings are drawn.
