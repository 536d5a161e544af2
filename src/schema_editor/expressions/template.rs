//! Python's `%` for strings, as far as templates use it.

use crate::unknown::Sql;

use super::compiled::Compiled;

/// What a template can name.
#[derive(Debug, Default)]
pub(super) struct Template {
    values: Vec<(String, Sql)>,
}

impl Template {
    /// Gives a name its value, for the last time.
    pub(super) fn set(&mut self, name: &str, value: Sql) {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), value));
    }

    /// `template % values`; nothing where the template asks for what is not there.
    pub(super) fn fill(&self, template: &str) -> Option<Sql> {
        let mut filled = Sql::default();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('%') {
            filled.push(before);
            // Filled in once here and once more with the parameters: a sign that survives both is written four times.
            if let Some(after) = after.strip_prefix("%%%") {
                filled.push("%");
                rest = after;
                continue;
            }
            let (name, after) = after.strip_prefix('(')?.split_once(")s")?;
            let (_, value) = self.values.iter().find(|(known, _)| known == name)?;
            filled.push(value);
            rest = after;
        }
        filled.push(rest);
        Some(filled)
    }

    /// `sql % parameters`, for a text with `%s`.
    pub(super) fn fill_positions<'p>(sql: &str, mut parameters: impl Iterator<Item = &'p Compiled>) -> Option<Sql> {
        let mut filled = Sql::default();
        let mut rest = sql;
        while let Some((before, after)) = rest.split_once('%') {
            filled.push(before);
            if let Some(after) = after.strip_prefix('%') {
                filled.push("%");
                rest = after;
            } else {
                rest = after.strip_prefix('s')?;
                filled.push(parameters.next()?);
            }
        }
        filled.push(rest);
        Some(filled)
    }
}
