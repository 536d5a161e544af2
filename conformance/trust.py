"""Which recorded operations are worth nothing, because a stand-in took part or an earlier one failed."""

from django.db.migrations.operations import RunPython
from django.db.migrations.operations.base import Operation
from django.db.models import Field, NOT_PROVIDED

from stubs import is_stub


class Trust:
    def __init__(self):
        self.failed_models = set()

    def forget(self, operation, app_label):
        """After an error the database lacks what the state has: nothing more is known of this model."""
        self.failed_models |= models_of(operation, app_label)

    def reasons(self, operation, app_label, from_state, to_state):
        failed = self.failed_models & models_of(operation, app_label)
        if failed:
            # A renamed model takes its doubt along.
            self.failed_models |= models_of(operation, app_label)
            yield "an earlier operation failed on " + ", ".join(".".join(model) for model in sorted(failed))
        for part in parts_of(operation, app_label, from_state):
            if is_stub(part):
                yield f"stand-in for {part}"
        # Django's own tests have mocks among them.
        nested_operations = getattr(operation, "database_operations", ()) if isinstance(operation, Operation) else ()
        for nested in nested_operations:
            yield from self.reasons(nested, app_label, from_state, to_state)


def models_of(operation, app_label):
    names = {getattr(operation, name, None) for name in ("model_name", "new_name", "old_name")}
    if not getattr(operation, "model_name", None):
        names.add(getattr(operation, "name", None))
    elif hasattr(operation, "field") or hasattr(operation, "index"):
        names = {operation.model_name}
    return {(app_label, name.lower()) for name in names if isinstance(name, str)}


def parts_of(operation, app_label, from_state):
    """Everything in an operation that can change its SQL."""
    yield from type(operation).__mro__
    if not isinstance(operation, Operation):
        # Django's own tests have mocks among them.
        return
    yield from getattr(operation, "bases", ()) or ()
    if isinstance(operation, RunPython):
        yield operation.code
    fields = [field for _, field in getattr(operation, "fields", ()) or () if isinstance(field, Field)]
    is_change = hasattr(operation, "field")
    if is_change:
        fields.append(operation.field)
    model = from_state.models.get((app_label, str(getattr(operation, "model_name", "")).lower()))
    for name in (getattr(operation, "name", None), getattr(operation, "old_name", None)):
        if model is not None and isinstance(name, str) and name in model.fields:
            fields.append(model.fields[name])
    for field in fields:
        yield from type(field).__mro__ if isinstance(field, Field) else (field,)
        # CREATE TABLE prints no default.
        if is_change and getattr(field, "default", NOT_PROVIDED) is not NOT_PROVIDED:
            yield field.default
    for name in ("index", "constraint"):
        yield from type(getattr(operation, name, None)).__mro__
