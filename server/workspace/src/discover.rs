//! Which files are specs, and which of them make up one spec.
