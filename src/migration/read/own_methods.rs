//! Methods of the migration itself that decide its operations: `apply`, `__init__`.

use std::borrow::Cow;
use std::sync::Arc;

use super::{MigrationClass, Reading};
use crate::migration::operation::Operation;
use crate::migration::{OperationNode, OperationPath};
use crate::python_work::{Action, Caught, Certainty, Effect, PythonWork};
use crate::source::Range;
use crate::value::{Call, Value};

impl<'a> Reading<'a> {
    /// What the migration's own `apply` does before its operations and after them.
    pub(super) fn applied(&mut self, class: &MigrationClass<'a>) -> (Option<OperationNode>, Option<OperationNode>) {
        let (Some(own), true) = (
            class.lineage.first(),
            class.lineage.iter().any(|class| class.method("apply").is_some()),
        ) else {
            return (None, None);
        };
        let work = self.modules.run_apply(self.module, &mut self.asked.borrow_mut());
        let split = work.and_then(|work| {
            let mut bases = work.effects.iter().enumerate();
            let (at, base) = bases.find(|(_, effect)| effect.action == Action::Base)?;
            let is_only = !work.effects[at + 1..]
                .iter()
                .any(|effect| effect.action == Action::Base);
            let is_certain = base.certainty == Certainty::Certain && is_only;
            let part = |effects: &[Effect]| PythonWork {
                effects: effects.to_vec(),
                words: work.words.clone(),
                ..PythonWork::default()
            };
            is_certain.then(|| (part(&work.effects[..at]), part(&work.effects[at + 1..])))
        });
        let Some((before, after)) = split else {
            let reason = "`apply` of the migration is not certain to run its operations, once";
            let node = self.unread_node(reason.to_owned(), own.name_range, OperationPath::top(0));
            return (None, Some(node));
        };
        (
            self.apply_node(before, own.name_range),
            self.apply_node(after, own.name_range),
        )
    }

    fn apply_node(&mut self, work: PythonWork, range: Range) -> Option<OperationNode> {
        if work.effects.is_empty() {
            return None;
        }
        Some(OperationNode {
            operation: Operation::RunPython {
                atomic: None,
                code: Value::Name("apply".to_owned()),
                calls: self.schema_calls(&work),
                work: Arc::new(work),
            },
            path: OperationPath::top(0),
            class: "apply".to_owned(),
            range,
            name_range: range,
            elsewhere: None,
            caught: Caught::Nothing,
            argument_ranges: Vec::new(),
        })
    }

    /// What the migration's own `__init__` makes of its operations, the first of which has this index. See `Migration.__init__`, which copies the class's list.
    pub(super) fn constructed_operations(
        &mut self,
        class: &MigrationClass<'a>,
        written: Option<&Cow<'_, Value>>,
        first: usize,
    ) -> Option<Vec<OperationNode>> {
        let own = class.lineage.first()?;
        class.lineage.iter().find_map(|class| class.method("__init__"))?;
        if own.method("__init__").is_none() {
            let reason = "the `__init__` of a base class may change the operations";
            return Some(vec![self.unread_node(
                reason.to_owned(),
                own.name_range,
                OperationPath::top(first),
            )]);
        }
        let path = format!("{}.{}", self.module.path, own.name);
        let mut object = self.object(&path, &|path| path == super::BASE);
        object.set(
            "operations",
            written.map_or(Value::List(Vec::new()), |value| value.as_ref().clone()),
        );
        let text = |text: &str| Value::Str(text.into());
        let name = self.module.path.rsplit('.').next().unwrap_or_default();
        let constructed = object.construct(&constructor(path, vec![text(name), text(&self.app)]));
        let mut doubts = constructed.doubts;
        self.done_with(&object);
        let named = constructed.kwargs.iter().find(|(name, _)| name == "app_label");
        let label = named.map(|(_, value)| value).or_else(|| constructed.args.get(1));
        match object.set_attribute("app_label").or(label) {
            Some(Value::Str(label)) => self.app = label.to_string(),
            Some(_) => doubts.push("it hands a label to Django that is not a constant".to_owned()),
            None => {}
        }
        let operations = object.set_attribute("operations").cloned().unwrap_or(Value::None);
        let operations = self
            .modules
            .resolve(self.module, &operations, &mut self.asked.borrow_mut());
        let mut nodes = self.nodes(&operations, own.name_range, first);
        for doubt in doubts {
            let reason = format!("what `__init__` does to the operations: {doubt}");
            let path = OperationPath::top(first + nodes.len());
            nodes.push(self.unread_node(reason, own.name_range, path));
        }
        Some(nodes)
    }
}

/// A call without a place.
fn constructor(path: String, args: Vec<Value>) -> Call {
    let range = Range::default();
    Call {
        path,
        arg_ranges: vec![range; args.len()],
        args,
        kwargs: Vec::new(),
        range,
        name_range: range,
    }
}
