//! What a view shows: whether running code can go on through it as if it were the table.

/// A view's query, as far as it decides whether Postgres passes writes on to the table below.
///
/// Source: PostgreSQL documentation, CREATE VIEW, "Updatable Views".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ViewQuery {
    /// The one relation that it reads; none where it reads several, or something else.
    pub over: Option<String>,
    /// What it selects, in order.
    pub items: Vec<ViewItem>,
    /// Names that `CREATE VIEW name (..)` gives to its columns, from the first on.
    pub names: Vec<String>,
    /// Why rows cannot be inserted through it, or why it shows others than the table: `has DISTINCT`.
    pub obstacle: Option<String>,
}

/// An entry of the list that a view selects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewItem {
    /// `*`
    All,
    /// A column, and what the view calls it.
    Column {
        /// The table's name of it.
        column: String,
        /// The view's.
        name: String,
    },
    /// What is calculated, with its name where it has one.
    Expression(Option<String>),
}
