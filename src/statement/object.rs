//! What can be there or not.

/// What a condition asks the database's own catalogs for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Object<'a> {
    /// A table, index, view or sequence.
    Relation(&'a str),
    /// A column of a table.
    Column(&'a str, &'a str),
    /// An index.
    Index(&'a str),
    /// A constraint, of any table or of this one.
    Constraint(&'a str, Option<&'a str>),
    /// The primary key of a table.
    PrimaryKey(&'a str),
    /// A trigger, of any table or of this one.
    Trigger(&'a str, Option<&'a str>),
    /// A type.
    Type(&'a str),
    /// A function.
    Function(&'a str),
    /// An extension.
    Extension(&'a str),
}
