//! What is left of changes that take more than one release: derived from the end of the history, so that nobody has to keep a list.

use crate::catalog::{Catalog, ConstraintKind, Presence};
use crate::finding::{Pending, PendingKind};
use crate::history::History;
use crate::migration::{MigrationKey, Ownership};
use crate::models::View;
use crate::project::Project;
use crate::standing::GivenUp;
use crate::unknown::Identifier;

use super::apart::has_column;

/// What models have given up and the database still has, constraints that are not validated, and checks that only prove that a column
/// holds no NULL. In the order of their tables.
pub(super) fn pending<'g>(
    columns: impl Iterator<Item = (&'g (String, String), &'g GivenUp)>,
    tables: impl Iterator<Item = (&'g String, &'g GivenUp)>,
    models: View<'_>,
    catalog: &Catalog,
) -> Vec<Pending> {
    let mut found = Vec::new();
    for ((table, column), given_up) in columns {
        let is_taken = models.models_of_table(table).any(|model| has_column(&model, column));
        let presence = catalog.presence_of_column(table, &Identifier::Known(column.clone()));
        let is_there = catalog.column(table, column).is_some() && presence == Presence::There;
        if is_there && !is_taken {
            found.push(Pending::new(PendingKind::Column, table, column).since(given_up));
        }
    }
    for (table, given_up) in tables {
        if catalog.table(table).is_some() && models.models_of_table(table).next().is_none() {
            found.push(Pending::new(PendingKind::Table, table, table).since(given_up));
        }
    }
    for (table, entry) in catalog.tables() {
        for (name, constraint) in &entry.constraints {
            if !constraint.validated {
                found.push(Pending::new(PendingKind::NotValid, table, name));
            } else if proves_not_null(&constraint.kind) && !is_of_models(table, name, models) {
                found.push(Pending::new(PendingKind::Check, table, name));
            }
        }
    }
    for one in &mut found {
        let model = models.models_of_table(&one.table).next();
        one.app = model
            .as_ref()
            .map(|model| model.state.identity.app.clone())
            .or_else(|| Some(one.since.as_ref()?.app.clone()));
        one.model = model.map(|model| model.state.label());
        let column = catalog
            .column(&one.table, &one.name)
            .filter(|_| one.kind == PendingKind::Column);
        one.data_type = column.and_then(|column| Some(column.data_type.text().known()?.to_string()));
    }
    found.sort_by(|one, other| (&one.table, &one.name).cmp(&(&other.table, &other.name)));
    found
}

/// With how many migrations of the project came behind those that left them.
pub(super) fn aged(mut pending: Vec<Pending>, project: &Project, history: &History) -> Vec<Pending> {
    let own = history.order.iter().map(|index| &project.migrations[*index]);
    let own = own.filter(|migration| migration.ownership == Ownership::Project);
    let own: Vec<&MigrationKey> = own.map(|migration| &migration.key).collect();
    for one in &mut pending {
        let at = one
            .since
            .as_ref()
            .and_then(|key| own.iter().position(|other| *other == key));
        one.migrations_since = at.map_or(0, |at| own.len() - at - 1);
    }
    pending
}

/// `"note" IS NOT NULL`
fn proves_not_null(kind: &ConstraintKind) -> bool {
    let ConstraintKind::Check(expression) = kind else {
        return false;
    };
    let [column] = expression.columns.as_slice() else {
        return false;
    };
    let sql = expression.sql.known().unwrap_or_default();
    let bare = sql.trim_matches(['(', ')', ' ']).replace('"', "");
    bare.eq_ignore_ascii_case(&format!("{column} IS NOT NULL"))
}

fn is_of_models(table: &str, name: &str, models: View<'_>) -> bool {
    models.models_of_table(table).any(|model| {
        let mut constraints = model.state.options.constraints.iter();
        constraints.any(|constraint| constraint.name().is_some_and(|own| own == name))
    })
}

impl Pending {
    fn new(kind: PendingKind, table: &str, name: &str) -> Self {
        Self {
            kind,
            table: table.to_owned(),
            name: name.to_owned(),
            app: None,
            model: None,
            data_type: None,
            since: None,
            is_released: None,
            migrations_since: 0,
        }
    }

    /// With the migration that left it, and whether the running release has that.
    fn since(mut self, given_up: &GivenUp) -> Self {
        use crate::standing::Stand;
        self.since = given_up
            .by
            .split_once('.')
            .map(|(app, name)| MigrationKey::new(app, name));
        self.is_released = match given_up.stand {
            Stand::Unknown => None,
            Stand::Deployed => Some(true),
            Stand::Landed | Stand::New => Some(false),
        };
        self
    }
}
