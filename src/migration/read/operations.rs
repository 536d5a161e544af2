//! Operation calls to [`Operation`]s: one function per class of Django, its parameters in Django's order.

use std::sync::Arc;

use super::arguments::{Arguments, Reason, described, not_readable, strings, together};
use super::{ClassOf, Current, MigrationClass, Reading, flatten};
use crate::migration::operation::{Base, Operation, SqlPiece, SqlText};
use crate::migration::{Field, NestedList, OperationNode, OperationPath, Owner};
use crate::python_work::Caught;
use crate::source::Range;
use crate::value::{Call, Value};

pub(super) type Read = Result<Operation, Reason>;

impl<'a> Reading<'a> {
    /// `operations`, in order; what is no operation keeps its place as an unread one.
    pub(super) fn all_operations(&mut self, class: &MigrationClass<'a>) -> Vec<OperationNode> {
        let written = self.attribute(class, "operations");
        let (before, after) = self.applied(class);
        let mut nodes: Vec<OperationNode> = before.into_iter().collect();
        let constructed = self.constructed_operations(class, written.as_ref().map(|(value, _)| value), nodes.len());
        match (constructed, written) {
            (Some(mut constructed), _) => nodes.append(&mut constructed),
            (None, Some((value, range))) => {
                if matches!(value.as_ref(), Value::None) {
                    let reason = "`operations` is None, which Django cannot run";
                    nodes.push(self.unread_node(reason.to_owned(), range, OperationPath::top(nodes.len())));
                }
                let run = self.run_list(value.as_ref(), range);
                let value = run.as_ref().unwrap_or(value.as_ref());
                if let Value::Call(call) = value {
                    nodes.push(self.unread_list(call, range, nodes.len()));
                } else {
                    nodes.append(&mut self.nodes(value, range, nodes.len()));
                }
            }
            (None, None) => {}
        }
        let at = OperationPath::top(nodes.len());
        nodes.extend(after.map(|node| OperationNode { path: at, ..node }));
        nodes
    }

    /// The list of operations that running an expression gives which evaluation left open: `builder.operations()` as a whole,
    /// `*builder.operations()` in a list. Nothing where none is open, or running them does not tell either.
    fn run_list(&self, value: &Value, range: Range) -> Option<Value> {
        let run = |place: Range| {
            let mut asked = self.asked.borrow_mut();
            let (made, flags) = self.modules.run_operations(self.module, place, &mut asked)?;
            self.assumed.borrow_mut().extend(flags);
            Some(made)
        };
        match value {
            Value::Call(call) if call.range == range && !call.path.starts_with("django.") => run(range),
            Value::List(items) if items.iter().any(|item| matches!(item, Value::Unknown(_))) => {
                let mut is_changed = false;
                let mut all = Vec::with_capacity(items.len());
                for item in items {
                    let made = match item {
                        Value::Unknown(unknown) if unknown.source.starts_with('*') => run(unknown.range),
                        _ => None,
                    };
                    is_changed |= made.is_some();
                    match made {
                        Some(made) => flatten(made, &mut all),
                        None => all.push(item.clone()),
                    }
                }
                is_changed.then_some(Value::List(all))
            }
            _ => None,
        }
    }

    /// `operations = make()`, where what that returns is not known: any number of operations.
    fn unread_list(&mut self, call: &Call, range: Range, index: usize) -> OperationNode {
        let reason = format!("which operations `{}()` returns is not known", call.class_name());
        self.unread_node_of(self.owner_of(&call.path), reason, range, OperationPath::top(index))
    }

    /// The operations of a list, the first of which has this index.
    pub(super) fn nodes(&mut self, value: &Value, range: Range, first: usize) -> Vec<OperationNode> {
        let mut flat = Vec::new();
        let items = match value {
            Value::List(items) | Value::Tuple(items) => items,
            value => {
                flatten(value.clone(), &mut flat);
                &flat
            }
        };
        let items = items.iter().enumerate();
        items
            .map(|(index, item)| self.node(item, range, OperationPath::top(first + index)))
            .collect()
    }

    /// One operation. `around` is where to point if the value has no place of its own.
    pub(super) fn node(&mut self, value: &Value, around: Range, path: OperationPath) -> OperationNode {
        match value {
            Value::Call(call) => self.call_node(call, around, path),
            Value::Unknown(unknown) => {
                let owner = self.owner_of_value(value);
                self.unread_node_of(owner, unknown.reason.clone(), unknown.range, path)
            }
            value => {
                let reason = format!("an operation is not readable: it is {}", described(value));
                self.unread_node_of(self.owner_of_value(value), reason, around, path)
            }
        }
    }

    fn call_node(&mut self, call: &Call, around: Range, path: OperationPath) -> OperationNode {
        let (range, _) = self.site(call.range, around);
        let (name_range, elsewhere) = self.site(call.name_range, around);
        let current = Current {
            path: path.clone(),
            range: name_range,
            class: ClassOf::Django,
            made: None,
        };
        if path.is_top() {
            self.note_stage(call);
        }
        let outer = std::mem::replace(&mut self.current, current);
        let operation = self.operation(call).unwrap_or_else(|reason| {
            self.gap_of(self.owner_of(&call.path), call.name_range, reason.clone());
            Operation::Unread { reason }
        });
        let read = std::mem::replace(&mut self.current, outer);
        let is_home = |(_, range): &(&str, Range)| self.is_home(*range);
        OperationNode {
            operation,
            path,
            class: read.made.unwrap_or_else(|| call.class_name().to_owned()),
            range,
            name_range,
            elsewhere,
            caught: Caught::Nothing,
            argument_ranges: argument_ranges(call).into_iter().filter(is_home).collect(),
        }
    }

    pub(super) fn unread_node(&mut self, reason: String, range: Range, path: OperationPath) -> OperationNode {
        self.unread_node_of(Owner::Migration, reason, range, path)
    }

    fn unread_node_of(&mut self, owner: Owner, reason: String, range: Range, path: OperationPath) -> OperationNode {
        let (site, elsewhere) = self.site(range, self.current.range);
        self.gap_of(owner, range, reason.clone());
        OperationNode {
            operation: Operation::Unread { reason },
            path,
            class: "?".to_owned(),
            range: site,
            name_range: site,
            elsewhere,
            caught: Caught::Nothing,
            argument_ranges: Vec::new(),
        }
    }

    pub(super) fn operation(&mut self, call: &Call) -> Read {
        if let Some(name) = call.path.strip_prefix("django.db.migrations.") {
            return self.core_operation(name, call);
        }
        if let Some(name) = call.path.strip_prefix("django.contrib.postgres.operations.") {
            return self.postgres_operation(name, call);
        }
        self.packaged_operation(call)
            .unwrap_or_else(|| self.custom_operation(call))
    }

    #[rustfmt::skip]
    fn core_operation(&mut self, class: &str, call: &Call) -> Read {
        match class {
            "CreateModel" => self.create_model(call),
            "DeleteModel" => named(call, |name| Operation::DeleteModel { name }),
            "RenameModel" => {
                let arguments = Arguments::new(call, &["old_name", "new_name"])?;
                Ok(Operation::RenameModel { old_name: arguments.string("old_name")?, new_name: arguments.string("new_name")? })
            }
            "AlterModelTable" => {
                let arguments = Arguments::new(call, &["name", "table"])?;
                let table = arguments.optional_string("table").map(|table| table.filter(|table| !table.is_empty()));
                if let Err(reason) = &table {
                    self.gap(arguments.range("table"), reason.clone());
                }
                Ok(Operation::AlterModelTable { name: arguments.string("name")?, table })
            }
            "AlterModelTableComment" => {
                let arguments = Arguments::new(call, &["name", "table_comment"])?;
                let table_comment = arguments.optional_string("table_comment")?;
                Ok(Operation::AlterModelTableComment { name: arguments.string("name")?, table_comment })
            }
            "AlterUniqueTogether" => {
                let arguments = Arguments::new(call, &["name", "unique_together"])?;
                let unique_together = together("unique_together", arguments.required("unique_together")?)?;
                Ok(Operation::AlterUniqueTogether { name: arguments.string("name")?, unique_together })
            }
            "AlterIndexTogether" => {
                let arguments = Arguments::new(call, &["name", "index_together"])?;
                let index_together = together("index_together", arguments.required("index_together")?)?;
                Ok(Operation::AlterIndexTogether { name: arguments.string("name")?, index_together })
            }
            "AlterOrderWithRespectTo" => {
                let arguments = Arguments::new(call, &["name", "order_with_respect_to"])?;
                let order_with_respect_to = arguments.optional_string("order_with_respect_to")?;
                Ok(Operation::AlterOrderWithRespectTo { name: arguments.string("name")?, order_with_respect_to })
            }
            "AlterModelOptions" => alter_model_options(call),
            "AlterModelManagers" => {
                let arguments = Arguments::new(call, &["name", "managers"])?;
                Ok(Operation::AlterModelManagers { name: arguments.string("name")? })
            }
            "AddField" => {
                let (model_name, name, field, preserve_default) = self.field_operation(call)?;
                Ok(Operation::AddField { model_name, name, field, preserve_default })
            }
            "AlterField" => {
                let (model_name, name, field, preserve_default) = self.field_operation(call)?;
                Ok(Operation::AlterField { model_name, name, field, preserve_default })
            }
            "RemoveField" => {
                if let Some(rewritten) = self.rewritten_removal(call) {
                    return rewritten;
                }
                let arguments = Arguments::new(call, &["model_name", "name"])?;
                Ok(Operation::RemoveField { model_name: arguments.string("model_name")?, name: arguments.string("name")? })
            }
            "RenameField" => {
                let arguments = Arguments::new(call, &["model_name", "old_name", "new_name"])?;
                Ok(Operation::RenameField {
                    model_name: arguments.string("model_name")?,
                    old_name: arguments.string("old_name")?,
                    new_name: arguments.string("new_name")?,
                })
            }
            "AddIndex" => self.add_index(call, false),
            "RemoveIndex" => remove_index(call, false),
            "RenameIndex" => rename_index(call),
            "AddConstraint" => self.add_constraint(call, false),
            "RemoveConstraint" => {
                let arguments = Arguments::new(call, &["model_name", "name"])?;
                Ok(Operation::RemoveConstraint { model_name: arguments.string("model_name")?, name: arguments.string("name")? })
            }
            "AlterConstraint" => {
                let arguments = Arguments::new(call, &["model_name", "name", "constraint"])?;
                Ok(Operation::AlterConstraint {
                    model_name: arguments.string("model_name")?,
                    name: arguments.string("name")?,
                    constraint: self.constraint(arguments.required("constraint")?),
                })
            }
            "SeparateDatabaseAndState" => self.separate(call),
            "RunSQL" => self.run_sql(call),
            "RunPython" => self.run_python(call),
            _ => Err(format!("`{class}` is no operation that forelock knows")),
        }
    }

    fn postgres_operation(&mut self, class: &str, call: &Call) -> Read {
        // See django/contrib/postgres/operations.py.
        let extension = match class {
            "BloomExtension" => "bloom",
            "BtreeGinExtension" => "btree_gin",
            "BtreeGistExtension" => "btree_gist",
            "CITextExtension" => "citext",
            "CryptoExtension" => "pgcrypto",
            "HStoreExtension" => "hstore",
            "TrigramExtension" => "pg_trgm",
            "UnaccentExtension" => "unaccent",
            "CreateExtension" => return named(call, |name| Operation::CreateExtension { name }),
            "AddIndexConcurrently" => return self.add_index(call, true),
            "RemoveIndexConcurrently" => return remove_index(call, true),
            "AddConstraintNotValid" => return self.add_constraint(call, true),
            "ValidateConstraint" => {
                let arguments = Arguments::new(call, &["model_name", "name"])?;
                let (model_name, name) = (arguments.string("model_name")?, arguments.string("name")?);
                return Ok(Operation::ValidateConstraint { model_name, name });
            }
            "CreateCollation" | "RemoveCollation" => return collation(class, call),
            _ => return Err(format!("`{class}` is no operation that forelock knows")),
        };
        Ok(Operation::CreateExtension {
            name: extension.to_owned(),
        })
    }

    /// What an expression of the migration comes to when it runs, if all of it is known.
    fn expression(&self, range: Range) -> Option<Value> {
        self.modules
            .run_expression(self.module, range, &mut self.asked.borrow_mut())
    }

    fn run_python(&mut self, call: &Call) -> Read {
        let arguments = Arguments::new(call, &["code", "reverse_code", "atomic", "hints", "elidable"])?;
        let code = arguments.required("code")?.clone();
        let place = arguments.range("code");
        let work = self
            .modules
            .run_python(self.module, &code, Some(place), &mut self.asked.borrow_mut());
        Ok(Operation::RunPython {
            atomic: arguments.optional_boolean("atomic")?,
            code,
            calls: self.schema_calls(&work),
            work: Arc::new(work),
        })
    }

    fn create_model(&mut self, call: &Call) -> Read {
        let arguments = Arguments::new(call, &["name", "fields", "options", "bases", "managers"])?;
        let written = arguments.required("fields")?;
        let items = written.as_items().ok_or_else(|| not_readable("fields", written))?;
        let mut fields = Vec::with_capacity(items.len());
        for item in items {
            match item.as_items() {
                Some([Value::Str(name), field]) => {
                    fields.push((name.to_string(), Arc::new(self.field(field, arguments.range("fields")))));
                }
                Some(_) | None => return Err(not_readable("fields", item)),
            }
        }
        let mut options = self.options(arguments.get("options"))?;
        options.own_managers = arguments
            .get("managers")
            .is_some_and(|managers| *managers != Value::None);
        for (name, reason) in &options.unknown {
            self.gap(arguments.range("options"), format!("option `{name}`: {reason}"));
        }
        let bases = self.bases(&arguments)?;
        Ok(Operation::CreateModel {
            name: arguments.string("name")?,
            fields,
            options: Arc::new(options),
            bases,
        })
    }

    fn bases(&self, arguments: &Arguments<'_>) -> Result<Vec<Base>, Reason> {
        let items = match arguments.get("bases") {
            None | Some(Value::None) => return Ok(Vec::new()),
            Some(value) => value.as_items().ok_or_else(|| not_readable("bases", value))?,
        };
        let base = |item: &Value| match item {
            Value::Str(_) | Value::Setting(_) => Base::Model(self.model_ref(item)),
            Value::Name(path) => Base::Class(path.clone()),
            Value::Call(call) => Base::Class(call.path.clone()),
            item => Base::Model(self.model_ref(item)),
        };
        Ok(items.iter().map(base).collect())
    }

    fn field_operation(&mut self, call: &Call) -> Result<(String, String, Arc<Field>, bool), Reason> {
        let arguments = Arguments::new(call, &["model_name", "name", "field", "preserve_default"])?;
        let model_name = arguments.string("model_name")?;
        let name = arguments.string("name")?;
        let field = self.field(arguments.required("field")?, arguments.range("field"));
        Ok((model_name, name, Arc::new(field), preserves_default(&arguments)?))
    }

    fn add_index(&mut self, call: &Call, concurrently: bool) -> Read {
        let arguments = Arguments::new(call, &["model_name", "index"])?;
        let index = self.index(arguments.required("index")?)?;
        for (name, reason) in &index.unknown {
            self.gap(arguments.range("index"), format!("`{name}` of the index: {reason}"));
        }
        Ok(Operation::AddIndex {
            model_name: arguments.string("model_name")?,
            index,
            concurrently,
        })
    }

    fn add_constraint(&mut self, call: &Call, not_valid: bool) -> Read {
        let arguments = Arguments::new(call, &["model_name", "constraint"])?;
        let constraint = self.constraint(arguments.required("constraint")?);
        if let crate::migration::Constraint::Unknown { reason, .. } = &constraint {
            self.gap(arguments.range("constraint"), reason.clone());
        }
        Ok(Operation::AddConstraint {
            model_name: arguments.string("model_name")?,
            constraint,
            not_valid,
        })
    }

    fn separate(&mut self, call: &Call) -> Read {
        let arguments = Arguments::new(call, &["database_operations", "state_operations"])?;
        Ok(Operation::SeparateDatabaseAndState {
            database_operations: self.nested(&arguments, NestedList::DatabaseOperations),
            state_operations: self.nested(&arguments, NestedList::StateOperations),
        })
    }

    fn nested(&mut self, arguments: &Arguments<'_>, list: NestedList) -> Vec<OperationNode> {
        let Some(value) = arguments.get(list.name()) else {
            return Vec::new();
        };
        let mut items = Vec::new();
        flatten(value.clone(), &mut items);
        let around = arguments.range(list.name());
        let call = arguments.call.range;
        let items = items.iter().enumerate();
        items
            .map(|(index, item)| {
                // What a class of the project's own makes of its arguments is a step of that operation.
                let is_written = self.current.class == ClassOf::Django || is_within(item, call);
                let path = if is_written {
                    self.current.path.within(list, index)
                } else {
                    self.current.path.clone()
                };
                self.node(item, around, path)
            })
            .collect()
    }

    fn run_sql(&mut self, call: &Call) -> Read {
        let parameters = &["sql", "reverse_sql", "state_operations", "hints", "elidable"];
        let arguments = Arguments::new(call, parameters)?;
        let mut sql = sql_text(arguments.required("sql")?);
        if !sql.is_known()
            && let Some(text) = self.expression(arguments.range("sql"))
        {
            sql = sql_text(&text);
        }
        if let SqlText::Unknown(reason) = &sql {
            let owner = self.owner_of_value(arguments.required("sql")?);
            self.gap_of(owner, arguments.range("sql"), reason.clone());
        }
        let reverse_sql = match arguments.get("reverse_sql") {
            None | Some(Value::None) => None,
            Some(value) => Some(sql_text(value)),
        };
        let state_operations = self.nested(&arguments, NestedList::StateOperations);
        Ok(Operation::RunSql {
            sql,
            reverse_sql,
            state_operations,
        })
    }
}

fn named(call: &Call, operation: impl Fn(String) -> Operation) -> Read {
    Ok(operation(Arguments::new(call, &["name"])?.string("name")?))
}

fn alter_model_options(call: &Call) -> Read {
    let arguments = Arguments::new(call, &["name", "options"])?;
    let written = arguments.required("options")?;
    let Value::Dict(items) = written else {
        return Err(not_readable("options", written));
    };
    let options = items.iter().map(|(name, value)| match name {
        Value::Str(name) => Ok((name.to_string(), value.clone())),
        name => Err(not_readable("options", name)),
    });
    let options = options.collect::<Result<_, _>>()?;
    Ok(Operation::AlterModelOptions {
        name: arguments.string("name")?,
        options,
    })
}

fn remove_index(call: &Call, concurrently: bool) -> Read {
    let arguments = Arguments::new(call, &["model_name", "name"])?;
    let (model_name, name) = (arguments.string("model_name")?, arguments.string("name")?);
    Ok(Operation::RemoveIndex {
        model_name,
        name,
        concurrently,
    })
}

fn rename_index(call: &Call) -> Read {
    let arguments = Arguments::new(call, &["model_name", "new_name", "old_name", "old_fields"])?;
    let old_fields = match arguments.get("old_fields") {
        None | Some(Value::None) => None,
        Some(value) => Some(strings("old_fields", value)?),
    };
    Ok(Operation::RenameIndex {
        model_name: arguments.string("model_name")?,
        new_name: arguments.string("new_name")?,
        old_name: arguments.optional_string("old_name")?,
        old_fields,
    })
}

fn collation(class: &str, call: &Call) -> Read {
    let arguments = Arguments::new(call, &["name", "locale", "provider", "deterministic"])?;
    let name = arguments.string("name")?;
    if class == "RemoveCollation" {
        return Ok(Operation::RemoveCollation { name });
    }
    Ok(Operation::CreateCollation {
        name,
        locale: arguments.string("locale")?,
        provider: arguments
            .optional_string("provider")?
            .unwrap_or_else(|| "libc".to_owned()),
        deterministic: arguments.boolean("deterministic", true)?,
    })
}

/// The `sql` of `RunSQL`: a string goes to the server whole, a list item by item.
fn sql_text(value: &Value) -> SqlText {
    match value {
        Value::Str(text) if text.is_empty() => SqlText::Noop,
        Value::Str(text) => SqlText::Pieces(vec![SqlPiece {
            text: Some(text.clone()),
            params: None,
        }]),
        Value::List(items) | Value::Tuple(items) => SqlText::Pieces(items.iter().map(sql_piece).collect()),
        value => SqlText::Unknown(not_readable("sql", value)),
    }
}

fn sql_piece(item: &Value) -> SqlPiece {
    let (sql, params) = match item {
        Value::List(parts) | Value::Tuple(parts) => match parts.as_slice() {
            [text, params] => (text, Some(params)),
            [..] => (item, None),
        },
        text => (text, None),
    };
    let params = params.filter(|params| **params != Value::None);
    let text = match sql {
        Value::Str(text) => Some(text.clone()),
        _ => None,
    };
    SqlPiece {
        text,
        params: params.cloned(),
    }
}

/// Whether a call stands within this range.
fn is_within(value: &Value, range: Range) -> bool {
    matches!(value, Value::Call(call) if range.contains(call.range))
}

fn argument_ranges(call: &Call) -> Vec<(&'static str, Range)> {
    let arguments: &[(&'static str, usize)] = match call.class_name() {
        "AddField" | "AlterField" => &[("field", 2)],
        "AddIndex" | "AddIndexConcurrently" => &[("index", 1)],
        "AddConstraint" | "AddConstraintNotValid" => &[("constraint", 1)],
        "CreateModel" => &[("fields", 1)],
        "RunSQL" => &[("sql", 0), ("reverse_sql", 1), ("state_operations", 2)],
        "RunPython" => &[("code", 0)],
        _ => &[],
    };
    let places = arguments
        .iter()
        .filter_map(|(name, position)| Some((*name, call.argument_range(*position, name)?)));
    places.collect()
}

/// Whatever is true to Python: a string is.
fn preserves_default(arguments: &Arguments<'_>) -> Result<bool, Reason> {
    match arguments.get("preserve_default") {
        None => Ok(true),
        Some(value) => crate::python::truth(value).ok_or_else(|| not_readable("preserve_default", value)),
    }
}
