//! Which tables and columns a statement mentions, and what a rename does to it.
