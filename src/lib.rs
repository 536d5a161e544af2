//! forelock: know the lock before you take it.

pub mod migration;
pub mod python;
pub mod source;
pub mod value;
