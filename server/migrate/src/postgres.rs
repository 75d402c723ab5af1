//! PostgreSQL: reads a database's catalog, plans from one to another, and proves the plan.

pub mod apply;
pub mod catalog;
pub mod described;
pub mod dump;
pub mod live;
pub mod plan;
pub mod prove;
pub mod read;
pub mod script;
pub mod server;
pub mod shadow;

mod alter;
mod cast;
mod change;
mod checks;
mod draft;
mod gone;
mod make;
mod order;
mod outlook;
mod rename;
mod render;
mod tls;

#[cfg(test)]
mod property;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
