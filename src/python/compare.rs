//! Whether two versions of a migration's module do the same, whatever they look like.

use ruff_python_ast::comparable::{ComparableExpr, ComparableStmt};
use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};

use super::syntax::Syntax;

/// Attributes that say where a migration stands among others, and nothing of what it does. Django's documentation has them
/// edited when the originals of a squash go.
const OF_THE_GRAPH: [&str; 4] = ["dependencies", "replaces", "run_before", "initial"];

/// Whether two modules do the same: the class `Migration` and what else the module defines. Comments, formatting and imports
/// do not count.
#[must_use]
pub fn does_the_same(one: &str, other: &str) -> bool {
    let [one, other] = [one, other].map(syntax);
    let (one, other) = (parts(one.statements()), parts(other.statements()));
    one.len() == other.len() && one.iter().zip(&other).all(|(one, other)| one == other)
}

fn syntax(text: &str) -> Syntax {
    Syntax::new(parse_unchecked(text, ParseOptions::from(Mode::Module)))
}

/// What counts of a statement.
#[derive(PartialEq)]
enum Part<'a> {
    Statement(Box<ComparableStmt<'a>>),
    Migration {
        bases: Vec<ComparableExpr<'a>>,
        body: Vec<ComparableStmt<'a>>,
    },
}

fn parts(statements: &[Stmt]) -> Vec<Part<'_>> {
    let counting = statements.iter().filter(|statement| !is_beside_the_point(statement));
    counting.map(part).collect()
}

fn part(statement: &Stmt) -> Part<'_> {
    match statement {
        Stmt::ClassDef(class) if class.name.as_str() == "Migration" => migration(class),
        other => Part::Statement(Box::new(other.into())),
    }
}

fn migration(class: &StmtClassDef) -> Part<'_> {
    let counting = class.body.iter().filter(|statement| !is_of_the_graph(statement));
    Part::Migration {
        bases: class.bases().iter().map(ComparableExpr::from).collect(),
        body: counting.map(ComparableStmt::from).collect(),
    }
}

/// Imports, and strings that stand alone.
fn is_beside_the_point(statement: &Stmt) -> bool {
    match statement {
        Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Pass(_) => true,
        Stmt::Expr(expression) => expression.value.is_string_literal_expr(),
        _ => false,
    }
}

fn is_of_the_graph(statement: &Stmt) -> bool {
    let is_named = |target: &Expr| {
        let name = target.as_name_expr().map(|name| name.id.as_str());
        name.is_some_and(|name| OF_THE_GRAPH.contains(&name))
    };
    match statement {
        Stmt::Assign(assign) => assign.targets.iter().all(is_named),
        Stmt::AnnAssign(assign) => is_named(&assign.target),
        Stmt::AugAssign(assign) => is_named(&assign.target),
        other => is_beside_the_point(other),
    }
}

#[cfg(test)]
mod tests {
    use super::does_the_same;

    const MIGRATION: &str = "from django.db import migrations\n\n\ndef fill(apps, editor):\n    print('x')\n\n\n\
        class Migration(migrations.Migration):\n    dependencies = [('a', '0001')]\n    operations = [migrations.RunPython(fill)]\n";

    #[test]
    fn looks_imports_and_the_graph_do_not_count() {
        let other = "# (c) us\n\"\"\"Ours.\"\"\"\nimport os\nfrom django.db import migrations\n\ndef fill(apps, editor):\n    print(\"x\")\n\n\
            class Migration(migrations.Migration):\n    replaces = []\n    dependencies = [('a', '0002')]\n\
            \x20   operations = [\n        migrations.RunPython(fill),\n    ]\n";
        assert!(does_the_same(MIGRATION, other));
    }

    #[test]
    fn operations_and_functions_do() {
        assert!(!does_the_same(MIGRATION, &MIGRATION.replace("'x'", "'y'")));
        assert!(!does_the_same(
            MIGRATION,
            &MIGRATION.replace("RunPython(fill)", "RunPython(fill, fill)")
        ));
    }
}
