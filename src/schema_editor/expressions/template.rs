//! Python's `%` for strings, as far as templates use it.

/// What a template can name.
#[derive(Debug, Default)]
pub(super) struct Template {
    values: Vec<(String, String)>,
}

impl Template {
    /// Gives a name its value, for the last time.
    pub(super) fn set(&mut self, name: &str, value: String) {
        self.values.retain(|(known, _)| known != name);
        self.values.push((name.to_owned(), value));
    }

    /// `template % values`; nothing where the template asks for what is not there.
    pub(super) fn fill(&self, template: &str) -> Option<String> {
        let mut filled = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('%') {
            filled.push_str(before);
            // Filled in once here and once more with the parameters: a sign that survives both is written four times.
            if let Some(after) = after.strip_prefix("%%%") {
                filled.push('%');
                rest = after;
                continue;
            }
            let (name, after) = after.strip_prefix('(')?.split_once(")s")?;
            let (_, value) = self.values.iter().find(|(known, _)| known == name)?;
            filled.push_str(value);
            rest = after;
        }
        filled.push_str(rest);
        Some(filled)
    }

    /// `sql % parameters`, for a text with `%s`.
    pub(super) fn fill_positions<'p>(sql: &str, mut parameters: impl Iterator<Item = &'p str>) -> Option<String> {
        let mut filled = String::new();
        let mut rest = sql;
        while let Some((before, after)) = rest.split_once('%') {
            filled.push_str(before);
            if let Some(after) = after.strip_prefix('%') {
                filled.push('%');
                rest = after;
            } else {
                rest = after.strip_prefix('s')?;
                filled.push_str(parameters.next()?);
            }
        }
        filled.push_str(rest);
        Some(filled)
    }
}
