//! Pages that are about no rule: pages/*.md embedded. `harms.md`, `operations.md` and `settings.md` hold a short page in each section.

/// The pages of pages/, by name.
static PAGES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// Those whose sections are pages.
const COLLECTIONS: [&str; 3] = [HARMS, "operations", "settings"];
const HARMS: &str = "harms";

/// Something to read that is about no rule: a package, an operation, a setting, how PostgreSQL works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// As `forelock explain NAME` finds it.
    pub name: &'static str,
    /// Its title, without `# `.
    pub title: &'static str,
    /// Markdown below the title.
    pub text: &'static str,
    names: &'static str,
}

impl Page {
    fn whole(name: &'static str, markdown: &'static str) -> Self {
        let (title, text) = markdown.split_once('\n').unwrap_or((markdown, ""));
        let comment = text
            .strip_prefix("<!-- names: ")
            .and_then(|rest| rest.split_once(" -->"));
        let (names, text) = comment.unwrap_or(("", text));
        Self {
            name,
            title: title.trim_start_matches("# "),
            text: text.trim(),
            names,
        }
    }

    fn section(markdown: &'static str) -> Self {
        let (name, text) = markdown.split_once('\n').unwrap_or((markdown, ""));
        Self {
            name,
            title: name,
            text: text.trim(),
            names: "",
        }
    }

    /// Whether somebody who writes `name` means this page, in any spelling; the title's words before a colon are a name as well.
    fn is_called(&self, name: &str) -> bool {
        let title = self.title.split_once(':').map_or("", |(name, _)| name);
        let names = [self.name, title].into_iter().chain(self.names.split(", "));
        names
            .filter(|other| !other.is_empty())
            .any(|other| is_same(other, name))
    }
}

/// Letters and digits alone count: `Row locks`, `row-locks`; and the module in front of a class does not.
fn is_same(one: &str, other: &str) -> bool {
    let letters = |name: &str| -> String {
        let name = name.strip_prefix("migrations.").unwrap_or(name);
        name.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|letter| letter.to_ascii_lowercase())
            .collect()
    };
    letters(one) == letters(other)
}

/// All pages but those of harms, in the order of their files.
pub fn all() -> impl Iterator<Item = Page> {
    collected(|name| name != HARMS)
}

/// The page of this name, if there is one.
#[must_use]
pub fn find(name: &str) -> Option<Page> {
    all().find(|page| page.is_called(name))
}

/// The words about a kind of harm.
#[must_use]
pub fn of_harm(name: &str) -> Option<Page> {
    collected(|file| file == HARMS).find(|page| page.name == name)
}

fn collected(is_wanted: fn(&str) -> bool) -> impl Iterator<Item = Page> {
    let files = PAGES.iter().filter(move |(name, _)| is_wanted(name));
    files.flat_map(|(name, markdown)| {
        if COLLECTIONS.contains(name) {
            markdown.split("\n## ").skip(1).map(Page::section).collect()
        } else {
            vec![Page::whole(name, markdown)]
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{all, find, of_harm};
    use crate::finding::Harm;

    #[test]
    fn a_page_is_found_by_every_spelling_of_its_names() {
        let called = |name: &str| find(name).map(|page| page.name);
        assert_eq!(called("django-pg-zero-downtime-migrations"), Some("zero-downtime"));
        assert_eq!(called("MVCC and bloat"), Some("mvcc"));
        assert_eq!(called("FOR UPDATE"), Some("row-locks"));
        assert_eq!(called("migrations.AddIndex"), Some("AddIndex"));
        assert_eq!(called("lock-timeout"), Some("lock_timeout"));
        assert_eq!(called("nothing"), None);
    }

    #[test]
    fn every_harm_has_its_words_and_no_page_is_empty() {
        assert!(Harm::ALL.iter().all(|harm| of_harm(harm.name()).is_some()));
        assert!(all().all(|page| !page.title.is_empty() && !page.text.is_empty()));
    }
}
