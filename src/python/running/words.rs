//! The words of code that runs: a column that none of them names is written by none of it.

use ruff_python_ast::Stmt;
use ruff_text_size::{Ranged, TextRange};
use rustc_hash::FxHashSet;

use super::super::Module;
use super::Runner;
use super::data::{Closure, Definition};

/// Words, and the places whose words these are.
#[derive(Default)]
pub(super) struct Words<'a> {
    places: FxHashSet<(&'a str, TextRange)>,
    found: FxHashSet<&'a str>,
}

impl<'a> Runner<'a> {
    /// Remembers the words of a function that is called.
    pub(super) fn note_words(&mut self, closure: &Closure<'a>) {
        let range = match closure.definition {
            Definition::Function(function) => function.range(),
            Definition::Lambda(lambda) => lambda.range(),
        };
        self.words.add(closure.home, range);
    }
}

impl<'a> Words<'a> {
    fn add(&mut self, home: &'a Module, range: TextRange) {
        if self.places.insert((home.path.as_str(), range)) {
            let text = home.source.text.get(range.to_std_range()).unwrap_or_default();
            let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
            self.found.extend(text.split(|letter| !is_part(letter)));
        }
    }

    /// All of them, with what stands beside the migration in its module: a function that is called by way of a list, or later.
    pub(super) fn finish(mut self, start: &'a Module) -> Vec<String> {
        let statements = start.syntax.as_ref().map(|syntax| syntax.statements());
        for statement in statements.unwrap_or_default() {
            let is_migration = matches!(statement, Stmt::ClassDef(class) if class.name.as_str() == "Migration");
            if !is_migration {
                self.add(start, statement.range());
            }
        }
        let mut words: Vec<String> = self.found.into_iter().map(str::to_owned).collect();
        words.sort_unstable();
        words
    }
}
