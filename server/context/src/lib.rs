//! What an agent, a reviewer or an author is told besides the text at hand: the applied backend in a
//! few lines, and what came of like decisions before.
//!
//! [`block`] is pure: who reads ledgers, databases and files is above, and gives a [`backend::Backend`].
//! [`memory`] keeps a file of its own in the user's state folder, never in a workspace.

pub mod backend;
pub mod block;
pub mod memory;
mod words;
