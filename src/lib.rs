//! forelock: know the lock before you take it.

pub mod catalog;
pub mod data_type;
pub mod fields;
pub mod lock;
pub mod migration;
pub mod models;
pub mod schema_editor;
pub mod source;
pub mod statement;
pub mod value;
pub mod versions;
