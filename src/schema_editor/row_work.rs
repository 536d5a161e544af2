//! How code of Python goes through rows: how many, whose, and what a second run does.

use crate::migration::Field;
use crate::models::{Model, View};
use crate::python_work::{Action, Certainty, Change, Effect, Filter, Handed, RowEffect, Target, WrittenValue};
use crate::row_work::{Again, Condition, Constant, Reach, RowWork};
use crate::unknown::Identifier;
use crate::value::Value;

use super::rows::{condition, model_of, table_of};
use super::run::Run;

impl Run<'_> {
    /// What the effects of a piece of code come to.
    pub(super) fn row_work(&self, effects: &[Effect], atomic: Option<bool>, view: View<'_>) -> RowWork {
        let is_atomic = self.connection.is_in_transaction() || atomic == Some(true);
        let mut work = RowWork {
            again: again(effects, is_atomic),
            ..RowWork::none()
        };
        let mut written = (Reach::Some, Vec::new());
        for effect in effects {
            match &effect.action {
                Action::Rows(rows) => {
                    let (waits, writes) = match rows.change {
                        Change::Update { .. } | Change::Delete => (true, true),
                        // Outside of a transaction nothing stays that others would wait for.
                        Change::Read => (is_atomic || rows.locks, false),
                        // Nobody waits for rows that are new.
                        Change::Ask | Change::Insert { .. } | Change::Upsert { .. } | Change::Link | Change::Unlink => {
                            (false, false)
                        }
                    };
                    work.writes |= writes;
                    work.changes |= !matches!(rows.change, Change::Read | Change::Ask);
                    if waits {
                        let of = rows.of.as_ref().unwrap_or(&rows.target);
                        let reach = self.reach(rows, is_atomic, view);
                        work.add(reach, || table_of(of, view));
                        if writes && reach > written.0 {
                            written = (reach, Vec::new());
                        }
                        if writes && reach == written.0 {
                            let table = table_of(&rows.target, view);
                            written.1.extend(table.filter(|table| !written.1.contains(table)));
                        }
                    }
                }
                Action::Unfollowed { .. } => {
                    work.changes = true;
                    if work.reach < Reach::Some {
                        work.reach = Reach::Unknown;
                    }
                }
                Action::Command { .. } => work.changes = true,
                Action::Sql { .. }
                | Action::Editor(_)
                | Action::Limit(_)
                | Action::Unlimit
                | Action::Begin
                | Action::End
                | Action::Base => {}
            }
        }
        written.1.retain(|written| work.table.as_ref() != Some(written));
        work.written = written.1;
        work
    }

    /// How many rows an effect reaches in one transaction.
    fn reach(&self, rows: &RowEffect, is_atomic: bool, view: View<'_>) -> Reach {
        let reach = if is_atomic { rows.reach } else { rows.batch };
        let model = match &rows.target {
            Target::Model(name) => model_of(name, view),
            Target::Relation(..) | Target::Through(..) | Target::Unknown => None,
        };
        let is_about_all = |model: Model<'_>| rows.filters.iter().all(|filter| self.holds_for_all(filter, &model));
        match reach {
            Reach::Some if !rows.filters.is_empty() && model.is_some_and(is_about_all) => Reach::All,
            Reach::Unknown | Reach::Few | Reach::Some | Reach::All => reach,
        }
    }

    /// Whether a condition leaves no row out.
    fn holds_for_all(&self, filter: &Filter, model: &Model<'_>) -> bool {
        let mut all = [filter].into_iter().chain(&filter.or);
        all.any(|filter| self.alone_holds_for_all(filter, model))
    }

    fn alone_holds_for_all(&self, filter: &Filter, model: &Model<'_>) -> bool {
        let (name, lookup) = filter.lookup.split_once("__").unwrap_or((&filter.lookup, "exact"));
        let field = match name {
            "pk" => model.primary_key(),
            name => model.field(name),
        };
        // What has no column, such as a many-to-many field, leaves out whoever has none of it.
        let Some(field) = field.filter(|field| field.field.many_to_many().is_none() && field.column().is_some()) else {
            return false;
        };
        let is_null = Condition::Is(
            field
                .column()
                .as_ref()
                .and_then(Identifier::known)
                .unwrap_or_default()
                .to_owned(),
            Constant::Null,
        );
        match condition(filter, model) {
            Condition::IsNot(_, Constant::Null) => field.field.primary_key || !field.field.null,
            // `NOT (note = 'x' AND note IS NOT NULL)`
            asked @ Condition::IsNot(..) => {
                self.leaves_none_out(&field.model, &asked) || self.leaves_none_out(&field.model, &is_null)
            }
            asked @ Condition::Is(..) if self.leaves_none_out(&field.model, &asked) => true,
            Condition::Is(..) | Condition::IsOneOf(_) | Condition::Other => {
                !filter.excludes && is_above_zero(&field.field, lookup, &filter.value)
            }
        }
    }

    /// Whether all rows meet the condition, by what the history has put into them.
    fn leaves_none_out(&self, model: &Model<'_>, asked: &Condition) -> bool {
        let table = model.db_table();
        let catalog = self.connection.catalog();
        table.known().is_some_and(|table| catalog.holds_for_all(table, asked))
    }
}

/// Django counts its keys from 1.
fn is_above_zero(field: &Field, lookup: &str, value: &Value) -> bool {
    field.primary_key
        && match (lookup, value) {
            ("gt", Value::Int(than)) => *than <= 0,
            ("gte", Value::Int(than)) => *than <= 1,
            _ => false,
        }
}

/// What a second run would do. What happens under a condition may be meant for the first run alone; so is what is done to
/// rows that the code leaves marked.
fn again(effects: &[Effect], is_atomic: bool) -> Again {
    let mut rows: Vec<&RowEffect> = Vec::new();
    let mut depth = 0usize;
    for effect in effects {
        match &effect.action {
            Action::Begin => depth += 1,
            Action::End => depth = depth.saturating_sub(1),
            // What one transaction does whole is not left half done.
            Action::Rows(found) if !is_atomic && depth > 0 && found.batch == found.reach => {}
            Action::Rows(found) if effect.certainty == Certainty::Certain => rows.push(found),
            Action::Rows(_)
            | Action::Sql { .. }
            | Action::Editor(_)
            | Action::Limit(_)
            | Action::Unlimit
            | Action::Base
            | Action::Command { .. }
            | Action::Unfollowed { .. } => {}
        }
    }
    if rows.iter().any(|written| marks(written, &rows)) {
        return Again::Nothing;
    }
    let again = rows.iter().find_map(|rows| match &rows.change {
        Change::Insert { .. } => Some(Again::Inserts),
        Change::Update { fields: Some(fields) } => {
            let mut steps = fields.iter().filter(|field| field.value == WrittenValue::Stepwise);
            let field = steps.next()?.name.clone();
            Some(Again::Steps { field })
        }
        Change::Read
        | Change::Ask
        | Change::Update { fields: None }
        | Change::Delete
        | Change::Upsert { .. }
        | Change::Link
        | Change::Unlink => None,
    });
    again.unwrap_or(Again::Nothing)
}

/// Whether it writes a field that rows are chosen by, or deletes those that are chosen.
fn marks(written: &RowEffect, rows: &[&RowEffect]) -> bool {
    let filters = || rows.iter().flat_map(|rows| &rows.filters);
    match &written.change {
        Change::Update { fields: Some(fields) } => fields.iter().any(|field| {
            let is_chosen_by = |filter: &Filter| filter.lookup.split("__").next() == Some(field.name.as_str());
            let is_mark = match field.value {
                WrittenValue::Null | WrittenValue::One(_) | WrittenValue::Other => true,
                WrittenValue::Same | WrittenValue::Stepwise => false,
            };
            is_mark && filters().any(is_chosen_by)
        }),
        Change::Delete => rows.iter().any(|other| {
            let is_read = matches!(other.change, Change::Read);
            is_read && other.target == written.target
        }),
        Change::Update { fields: None }
        | Change::Read
        | Change::Ask
        | Change::Insert { .. }
        | Change::Upsert { .. }
        | Change::Link
        | Change::Unlink => false,
    }
}

/// The effect whose rows reach furthest; the last of those.
pub(super) fn widest(effects: &[Effect]) -> Option<usize> {
    let reaches = effects
        .iter()
        .enumerate()
        .filter_map(|(index, effect)| match &effect.action {
            Action::Rows(rows) => Some((rows.reach, index)),
            Action::Unfollowed { handed, .. } if *handed < Handed::Cursor => Some((Reach::Unknown, index)),
            Action::Sql { .. }
            | Action::Editor(_)
            | Action::Limit(_)
            | Action::Unlimit
            | Action::Begin
            | Action::End
            | Action::Base
            | Action::Command { .. }
            | Action::Unfollowed { .. } => None,
        });
    reaches.max().map(|(_, index)| index)
}
