//! What a migration without a transaction leaves when it fails half way, and where the next run of it stops.

use crate::statement::{AlterTableAction, Command, Statement};

use super::database::Database;
use super::sent::{Executed, HitAt};

/// The first statement that a second run of the migration cannot repeat.
#[derive(Debug)]
pub(super) struct Unrepeatable {
    at: HitAt,
    /// What it leaves, in words: ``the column `size` of `shop_order` ``.
    left: String,
    /// What the second run finds: `is there already`.
    found: &'static str,
    /// The name that a table has given up: where it has it again, the second run finds it.
    given_up: Option<String>,
}

const MADE: &str = "is there already";
const TAKEN: &str = "is gone already";

/// What a statement leaves that it cannot do again, and what it would find.
fn unrepeatable(statement: &Statement) -> Option<(String, &'static str)> {
    match statement {
        Statement::CreateTable(create) if !create.if_not_exists => {
            Some((format!("the table `{}`", create.table.shown()), MADE))
        }
        Statement::DropTable {
            table,
            if_exists: false,
            ..
        } => Some((format!("the drop of `{}`", table.shown()), TAKEN)),
        Statement::RenameTable {
            from, if_exists: false, ..
        } => Some((format!("the new name of `{}`", from.shown()), TAKEN)),
        Statement::CreateIndex(create) if !create.if_not_exists && !create.is_unnamed => {
            Some((format!("the index `{}`", create.name.shown()), MADE))
        }
        Statement::DropIndex {
            name, if_exists: false, ..
        } => Some((format!("the drop of `{}`", name.shown()), TAKEN)),
        Statement::RenameIndex {
            from, if_exists: false, ..
        } => Some((format!("the new name of `{}`", from.shown()), TAKEN)),
        Statement::CreateSequence {
            sequence,
            if_not_exists: false,
            ..
        } => Some((format!("the sequence `{}`", sequence.shown()), MADE)),
        Statement::DropSequence {
            sequence,
            if_exists: false,
            ..
        } => Some((format!("the drop of `{}`", sequence.shown()), TAKEN)),
        Statement::AlterTable { table, actions, .. } => {
            let table = table.shown();
            actions.iter().find_map(|action| unrepeatable_action(&table, action))
        }
        Statement::Command { command, .. } => match command.as_ref() {
            Command::CreateView {
                view,
                replaces: false,
                if_not_exists: false,
                ..
            } => Some((format!("the view `{view}`"), MADE)),
            Command::DropView {
                view, if_exists: false, ..
            } => Some((format!("the drop of `{view}`"), TAKEN)),
            _ => None,
        },
        _ => None,
    }
}

fn unrepeatable_action(table: &str, action: &AlterTableAction) -> Option<(String, &'static str)> {
    match action {
        AlterTableAction::AddColumn(column) if !column.if_not_exists => {
            Some((format!("the column `{}` of `{table}`", column.name.shown()), MADE))
        }
        AlterTableAction::DropColumn {
            column,
            if_exists: false,
            ..
        } => Some((format!("the drop of `{}` of `{table}`", column.shown()), TAKEN)),
        AlterTableAction::RenameColumn { from, .. } => {
            Some((format!("the new name of `{}` of `{table}`", from.shown()), TAKEN))
        }
        AlterTableAction::AddConstraint(constraint) => {
            let name = constraint.name.as_ref()?;
            Some((format!("the constraint `{}` of `{table}`", name.shown()), MADE))
        }
        AlterTableAction::DropConstraint {
            name, if_exists: false, ..
        } => Some((format!("the drop of `{}` of `{table}`", name.shown()), TAKEN)),
        _ => None,
    }
}

impl Database<'_> {
    /// Remembers the first thing that stays when the migration fails after it, and that it cannot do twice.
    pub(super) fn note_unrepeatable(&mut self, statement: &Statement) {
        if self.is_atomic || self.unrepeatable.is_some() || self.backend.passes_over_what_is_there() {
            return;
        }
        if let Some((left, found)) = unrepeatable(statement) {
            let at = self.running;
            let given_up = match statement {
                Statement::RenameTable { from, .. } => from.known().map(str::to_owned),
                _ => None,
            };
            self.unrepeatable = Some(Unrepeatable {
                at,
                left,
                found,
                given_up,
            });
        }
    }

    /// Says where a second run stops, if something comes after it that can fail.
    pub(super) fn judge_unrepeatable(&mut self) {
        let Some(Unrepeatable {
            at,
            left,
            found,
            given_up,
        }) = self.unrepeatable.take()
        else {
            return;
        };
        if given_up.is_some_and(|name| self.catalog.table(&name).is_some()) {
            return;
        }
        let is_work = |executed: &Executed<'_>| {
            executed
                .hits()
                .any(|hit| !super::remarks::is_harmless_again(&hit.rule.name))
        };
        let follows =
            self.log.iter().skip(at.string + 1).any(is_work) || self.python_at.is_some_and(|log| log > at.string);
        let operation = self.log.get(at.string).map(|executed| executed.place.operation.clone());
        if let Some(operation) = operation.filter(|_| follows) {
            let names = vec![("left", left), ("found", found.to_owned())];
            self.remark("half-done-migration", operation, names, None, Vec::new());
        }
    }
}
