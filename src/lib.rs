//! forelock: know the lock before you take it.

pub mod catalog;
pub mod cli;
pub mod command;
pub mod config;
pub mod data_type;
pub mod discover;
pub mod facts;
pub mod finding;
pub mod fingerprint;
pub mod history;
pub mod lock;
pub mod migration;
pub mod models;
pub mod project;
pub mod python;
pub mod report;
pub mod rules;
pub mod schema_editor;
pub mod selection;
pub mod source;
pub mod statement;
pub mod suggestion;
pub mod suppress;
pub mod transaction;
pub mod value;
pub mod versions;
