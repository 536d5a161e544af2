//! django-safemigrate: `safe = Safe.after_deploy()`. See `Command.safe` in its safemigrate.py.

use crate::migration::deploy::{Mark, Tool, When};
use crate::source::Range;
use crate::value::Value;

/// What `safe` says. Its factories count as what they return; version 3 and older had an enum of the same names.
pub(super) fn mark(value: &Value, range: Range) -> Option<Mark> {
    let path = match value {
        Value::Call(call) => call.path.as_str(),
        Value::Name(path) => path.as_str(),
        // It refuses anything that is no `Safe`.
        Value::Str(_) => {
            return Some(Mark {
                tool: Tool::Safemigrate,
                when: When::Unusable,
                range,
            });
        }
        _ => return None,
    };
    let name = path.strip_prefix("django_safemigrate.")?;
    let when = match name.rsplit_once("Safe.").map_or(name, |(_, name)| name) {
        "before_deploy" => When::BeforeDeploy,
        "after_deploy" => When::AfterDeploy,
        "always" => When::Always,
        _ => When::Unusable,
    };
    Some(Mark {
        tool: Tool::Safemigrate,
        when,
        range,
    })
}
