//! it

mod fuzz;
