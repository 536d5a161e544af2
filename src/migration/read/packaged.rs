//! The operations of well-known packages, as `src/packages` describes them.

mod pgtrigger;

use super::Reading;
use super::arguments::{Arguments, Reason};
use super::operations::Read;
use crate::migration::operation::Operation;
use crate::migration::packaged::Packaged;
use crate::packages::{KnownOperation, OperationCode, Packages};
use crate::value::Call;

impl Reading<'_> {
    /// An operation of one of the packages; `None` if this is none.
    pub(super) fn packaged_operation(&mut self, call: &Call) -> Option<Read> {
        if let Some(class) = call.path.strip_prefix("syzygy.operations.") {
            return self.syzygy_operation(call, class);
        }
        let known = Packages::known().operation(&call.path)?;
        let packaged = match known.code {
            None => return Some(self.base_operation(call, known)),
            Some(OperationCode::AddTrigger) => pgtrigger::add_trigger(call),
            Some(OperationCode::RemoveTrigger) => pgtrigger::remove_trigger(call),
            Some(OperationCode::AddDefaultValue) => add_default_value(call),
            Some(OperationCode::Safer) => self
                .base_operation(call, known)
                .map(|base| Packaged::Safer(Box::new(base))),
        };
        Some(packaged.map(Operation::Packaged))
    }

    /// The operation of Django that it derives from, with the arguments that this gets.
    fn base_operation(&mut self, call: &Call, known: &KnownOperation) -> Read {
        let mut call = call.clone();
        call.path = known.base.clone().unwrap_or_default();
        call.kwargs.retain(|(name, _)| !known.own.contains(name));
        let always = known.always.iter().map(|(name, value)| (name.clone(), value.value()));
        call.kwargs.extend(always);
        self.operation(&call)
    }
}

fn add_default_value(call: &Call) -> Result<Packaged, Reason> {
    let arguments = Arguments::new(call, &["model_name", "name", "value"])?;
    Ok(Packaged::AddDefaultValue {
        model_name: arguments.string("model_name")?,
        name: arguments.string("name")?,
        value: arguments.required("value")?.clone(),
    })
}
