//! What Django believes: models, their fields and options, as migrations build them. (The schema editor's author owns this.)

use rustc_hash::FxHashMap;

use crate::migration::InternalType;
use crate::versions::DjangoVersion;

/// What the project's settings say that decides DDL.
#[derive(Clone, Debug)]
pub struct ModelSettings {
    /// Django's version.
    pub django: DjangoVersion,
    /// `DEFAULT_AUTO_FIELD`: the key of automatic many-to-many tables.
    pub default_auto_field: InternalType,
    /// Swappable settings: `AUTH_USER_MODEL` -> `shop.User`.
    pub swappable: FxHashMap<String, String>,
    /// `DEFAULT_TABLESPACE`
    pub default_tablespace: Option<String>,
    /// `DEFAULT_INDEX_TABLESPACE`
    pub default_index_tablespace: Option<String>,
    /// `USE_TZ`: decides how `timezone.now()` prints only.
    pub use_tz: bool,
}
