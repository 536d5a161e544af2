//! A plan as Markdown: what `explain` shows for the example of a rule.

use super::{Plan, Watch};

impl Plan {
    /// Every step with its code, and what to watch while it runs.
    #[must_use]
    pub fn page(&self) -> String {
        let mut page = format!("{}.\n", capitalised(&self.summary));
        let releases = self.steps.last().map_or(1, |step| step.release);
        for (index, step) in self.steps.iter().enumerate() {
            let heading = match self.heading(index, step, releases) {
                heading if heading.is_empty() => capitalised(&step.does),
                heading => heading,
            };
            let code = step.content.code();
            page.extend(["\n### ", &heading, "\n\n```python\n", code.trim_end(), "\n```\n"]);
            if let Some(watch) = self.watch(step) {
                page.push('\n');
                page.push_str(&watch.page());
            }
        }
        for note in &self.notes {
            page.extend(["\n", note, "\n"]);
        }
        page
    }
}

impl Watch {
    fn page(&self) -> String {
        let locks: Vec<String> = self
            .locks
            .iter()
            .map(|lock| format!("`{}` ({})", lock.relation, lock.mode))
            .collect();
        let back = match &self.back {
            None => "no way back".to_owned(),
            Some(statements) if statements.is_empty() => "sends nothing".to_owned(),
            Some(statements) => code(statements),
        };
        let sends = (!self.statements.is_empty()).then(|| ("sends", code(&self.statements)));
        let items = [
            ("locks", locks.join(", ")),
            ("work", self.work.clone()),
            ("look at", format!("`{}`", self.look_at)),
            ("waits for", self.stalls.clone()),
            ("to stop it", self.stop.clone()),
            ("left then", self.left.clone()),
            ("going back", back),
            ("replicas", self.replicas.clone()),
        ];
        let items = sends.into_iter().chain(items);
        let lines: Vec<String> = items.map(|(name, text)| format!("- {name}: {text}\n")).collect();
        lines.concat()
    }
}

fn code(statements: &[String]) -> String {
    let quoted: Vec<String> = statements.iter().map(|statement| format!("`{statement}`")).collect();
    quoted.join(", then ")
}

fn capitalised(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
