//! Whose something is that could not be read: what would help follows from it.

/// The owner of what could not be read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Owner {
    /// The migration: what stands in it.
    #[default]
    Migration,
    /// A field class, by its path.
    FieldClass(String),
    /// A setting, by its name.
    Setting(String),
    /// A class, function or name of which no file is at hand.
    Elsewhere(String),
    /// A class or function that was read.
    Code(String),
}

impl Owner {
    /// Its dotted path; nothing for the migration, which the finding names.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Owner::Migration => None,
            Owner::Setting(path) | Owner::FieldClass(path) | Owner::Elsewhere(path) | Owner::Code(path) => Some(path),
        }
    }

    /// Which help of the rule `not-analysed` says what would make it known.
    #[must_use]
    pub fn help(&self) -> &'static str {
        match self {
            Owner::Migration => "default",
            Owner::Setting(_) => "setting",
            Owner::FieldClass(_) => "field-class",
            Owner::Elsewhere(_) => "elsewhere",
            Owner::Code(_) => "code",
        }
    }
}
