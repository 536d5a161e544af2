//! The operations of well-known packages, as `src/packages` describes them.

pub(super) mod loose_fk;
mod pgtrigger;
mod psqlextra;

use super::Reading;
use super::arguments::{Arguments, Reason, not_readable};
use super::operations::Read;
use crate::migration::operation::Operation;
use crate::migration::packaged::{Packaged, RemovalPhase};
use crate::packages::{KnownOperation, OperationCode, Packages, Safer};
use crate::value::{Call, Value};

impl Reading<'_> {
    /// An operation of one of the packages; `None` if this is none.
    pub(super) fn packaged_operation(&mut self, call: &Call) -> Option<Read> {
        let known = Packages::known().operation(&call.path)?;
        let call = &by_name(call, known);
        let packaged = match known.code {
            None => return Some(self.base_operation(call, known)),
            Some(OperationCode::AddTrigger) => pgtrigger::add_trigger(call),
            Some(OperationCode::RemoveTrigger) => pgtrigger::remove_trigger(call),
            Some(OperationCode::AddDefaultValue) => add_default_value(call),
            Some(OperationCode::Psqlextra(what)) => return Some(self.psqlextra_operation(call, known, what)),
            Some(OperationCode::Syzygy(change)) => return Some(self.changed_default(call, change)),
            Some(OperationCode::TwoPhaseRemoval) => return Some(self.two_phase_removal(call, known)),
            Some(OperationCode::Safer(about)) => self.safer_operation(call, known, about),
        };
        Some(packaged.map(Operation::Packaged))
    }

    fn safer_operation(&mut self, call: &Call, known: &KnownOperation, about: Safer) -> Result<Packaged, Reason> {
        let raise_if_exists = match call.keyword("raise_if_exists") {
            None => true,
            Some(value) => crate::python::truth(value).ok_or_else(|| not_readable("raise_if_exists", value))?,
        };
        Ok(Packaged::Safer {
            about,
            base: Box::new(self.base_operation(call, known)?),
            raise_if_exists,
        })
    }

    /// `deletion_action` says which half. See src/sentry/new_migrations/monkey.
    fn two_phase_removal(&mut self, call: &Call, known: &KnownOperation) -> Read {
        let base = self.base_operation(call, known)?;
        let action = match call.keyword("deletion_action") {
            Some(Value::Name(path)) => path.rsplit('.').next(),
            Some(_) | None => None,
        };
        let (phase, state) = match action {
            Some("MOVE_TO_PENDING") => (RemovalPhase::SetAside, vec![self.step(call, base.clone())]),
            Some("DELETE") => (RemovalPhase::Drop, Vec::new()),
            Some(_) | None => return Err("`deletion_action` is not readable".to_owned()),
        };
        let removal = Packaged::TwoPhaseRemoval {
            base: Box::new(base),
            phase,
        };
        Ok(Operation::SeparateDatabaseAndState {
            database_operations: vec![self.step(call, Operation::Packaged(removal))],
            state_operations: state,
        })
    }

    /// The operation of Django that it derives from, with the arguments that this gets.
    fn base_operation(&mut self, call: &Call, known: &KnownOperation) -> Read {
        let mut call = call.clone();
        call.path = known.base.clone().unwrap_or_default();
        let (args, kwargs) = (call.args.len(), std::mem::take(&mut call.kwargs));
        let ranges = call.arg_ranges.split_off(args.min(call.arg_ranges.len()));
        for (at, (name, value)) in kwargs.into_iter().enumerate() {
            if !known.own.contains(&name) {
                call.kwargs.push((name, value));
                call.arg_ranges.push(ranges.get(at).copied().unwrap_or(call.range));
            }
        }
        for (name, value) in &known.always {
            call.kwargs.push((name.clone(), value.value()));
            call.arg_ranges.push(call.range);
        }
        self.operation(&call)
    }
}

/// The call with its arguments by name, where the class has parameters of its own by position.
fn by_name(call: &Call, known: &KnownOperation) -> Call {
    let mut call = call.clone();
    if let Some(positional) = &known.positional {
        let rest = call.args.split_off(call.args.len().min(positional.len()));
        let named = positional.iter().cloned().zip(std::mem::replace(&mut call.args, rest));
        call.kwargs = named.chain(std::mem::take(&mut call.kwargs)).collect();
    }
    call
}

fn add_default_value(call: &Call) -> Result<Packaged, Reason> {
    let arguments = Arguments::new(call, &["model_name", "name", "value"])?;
    Ok(Packaged::AddDefaultValue {
        model_name: arguments.string("model_name")?,
        name: arguments.string("name")?,
        value: arguments.required("value")?.clone(),
    })
}
