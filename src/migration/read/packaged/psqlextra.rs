//! django-postgres-extra: partitioned models and their partitions, and models that are views.

use super::super::Reading;
use super::super::arguments::{Arguments, Reason, not_readable, strings};
use super::super::operations::Read;
use crate::migration::NestedList;
use crate::migration::operation::{Operation, SqlPiece};
use crate::migration::packaged::{Packaged, ViewKind};
use crate::packages::{KnownOperation, Psqlextra};
use crate::value::{Call, Value};

impl Reading<'_> {
    pub(super) fn psqlextra_operation(&mut self, call: &Call, known: &KnownOperation, what: Psqlextra) -> Read {
        let packaged = match what {
            Psqlextra::PartitionedModel => self.partitioned_model(call, known),
            Psqlextra::RangePartition => range_partition(call),
            Psqlextra::ListPartition => list_partition(call),
            Psqlextra::HashPartition => hash_partition(call),
            Psqlextra::DefaultPartition => default_partition(call),
            Psqlextra::DeletePartition => delete_partition(call),
            Psqlextra::ViewModel => self.view_model(call, known, ViewKind::Plain),
            Psqlextra::MaterializedViewModel => {
                let with_data = call.keyword("with_data").and_then(Value::as_bool) != Some(false);
                let kind = if with_data {
                    ViewKind::Materialized
                } else {
                    ViewKind::MaterializedWithoutData
                };
                self.view_model(call, known, kind)
            }
            Psqlextra::DeleteViewModel => self.delete_view_model(call, known, ViewKind::Plain),
            Psqlextra::DeleteMaterializedViewModel => self.delete_view_model(call, known, ViewKind::Materialized),
            Psqlextra::ApplyState => return self.apply_state(call),
        };
        packaged.map(Operation::Packaged)
    }

    fn partitioned_model(&mut self, call: &Call, known: &KnownOperation) -> Result<Packaged, Reason> {
        let base = Box::new(self.base_operation(call, known)?);
        let options = call.keyword("partitioning_options");
        let method = match option(options, "method") {
            None | Some(Value::None) => "RANGE".to_owned(),
            Some(value) => partitioning_method(value).ok_or_else(|| not_readable("method", value))?,
        };
        let key = match option(options, "key") {
            None | Some(Value::None) => return Err("`partitioning_options` needs `key`".to_owned()),
            Some(value) => strings("key", value)?,
        };
        Ok(Packaged::PartitionedModel { base, method, key })
    }

    fn view_model(&mut self, call: &Call, known: &KnownOperation, kind: ViewKind) -> Result<Packaged, Reason> {
        let base = Box::new(self.base_operation(call, known)?);
        let query = option(call.keyword("view_options"), "query").ok_or("`view_options` needs `query`")?;
        let piece = match query.as_items() {
            Some([Value::Str(sql), params]) => SqlPiece {
                text: Some(sql.clone()),
                params: Some(params.clone()),
            },
            Some(_) | None => return Err(not_readable("query", query)),
        };
        Ok(Packaged::ViewModel {
            base,
            kind,
            query: piece,
        })
    }

    fn delete_view_model(&mut self, call: &Call, known: &KnownOperation, kind: ViewKind) -> Result<Packaged, Reason> {
        let base = Box::new(self.base_operation(call, known)?);
        Ok(Packaged::DeleteViewModel { base, kind })
    }

    fn apply_state(&mut self, call: &Call) -> Read {
        let arguments = Arguments::new(call, &["state_operation"])?;
        let operation = arguments.required("state_operation")?;
        let path = self.current.path.within(NestedList::StateOperations, 0);
        Ok(Operation::SeparateDatabaseAndState {
            database_operations: Vec::new(),
            state_operations: vec![self.node(operation, arguments.range("state_operation"), path)],
        })
    }
}

/// The value of a key of a dict.
fn option<'v>(options: Option<&'v Value>, name: &str) -> Option<&'v Value> {
    let Some(Value::Dict(items)) = options else { return None };
    let item = items.iter().find(|(key, _)| key.as_str() == Some(name))?;
    Some(&item.1)
}

/// A member of `PostgresPartitioningMethod`, or its value.
fn partitioning_method(value: &Value) -> Option<String> {
    let named = match value {
        Value::Str(text) => text.to_uppercase(),
        Value::Name(path) => path.rsplit('.').next()?.to_owned(),
        Value::Call(call) => call.argument(0, "value")?.as_str()?.to_uppercase(),
        _ => return None,
    };
    ["RANGE", "LIST", "HASH"].contains(&named.as_str()).then_some(named)
}

fn range_partition(call: &Call) -> Result<Packaged, Reason> {
    let arguments = Arguments::new(call, &["model_name", "name", "from_values", "to_values"])?;
    let (from, to) = (arguments.required("from_values")?, arguments.required("to_values")?);
    partition(
        &arguments,
        "FOR VALUES FROM (%s) TO (%s)",
        vec![from.clone(), to.clone()],
    )
}

fn list_partition(call: &Call) -> Result<Packaged, Reason> {
    let arguments = Arguments::new(call, &["model_name", "name", "values"])?;
    let values = arguments.required("values")?;
    let values = values
        .as_items()
        .ok_or_else(|| not_readable("values", values))?
        .to_vec();
    let places = vec!["%s"; values.len()].join(",");
    partition(&arguments, &format!("FOR VALUES IN ({places})"), values)
}

fn hash_partition(call: &Call) -> Result<Packaged, Reason> {
    let arguments = Arguments::new(call, &["model_name", "name", "modulus", "remainder"])?;
    let (modulus, remainder) = (arguments.required("modulus")?, arguments.required("remainder")?);
    let values = vec![modulus.clone(), remainder.clone()];
    partition(&arguments, "FOR VALUES WITH (MODULUS %s, REMAINDER %s)", values)
}

fn default_partition(call: &Call) -> Result<Packaged, Reason> {
    partition(&Arguments::new(call, &["model_name", "name"])?, "DEFAULT", Vec::new())
}

fn partition(arguments: &Arguments<'_>, bound: &str, values: Vec<Value>) -> Result<Packaged, Reason> {
    Ok(Packaged::AddPartition {
        model_name: arguments.string("model_name")?,
        name: arguments.string("name")?,
        bound: bound.to_owned(),
        values: Value::Tuple(values),
    })
}

fn delete_partition(call: &Call) -> Result<Packaged, Reason> {
    let arguments = Arguments::new(call, &["model_name", "name"])?;
    Ok(Packaged::DeletePartition {
        model_name: arguments.string("model_name")?,
        name: arguments.string("name")?,
    })
}
