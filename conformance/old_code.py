"""The code of a release at work in a database that has moved on: it inserts, updates, selects and deletes through its models."""

# Its row is replaced for good, so that later steps find what code of before has written.
REPLACED = 500


class Code:
    """The models of a release, as its state has them."""

    def __init__(self, connection, state, app):
        self.connection = connection
        models = state.apps.get_app_config(app).get_models(include_auto_created=True)
        self.models = [model for model in models if model._meta.managed and not model._meta.proxy]

    def ask(self):
        """What each act raises, or None; nothing of it stays."""
        acts = {f"{model._meta.label} {name}": (act, model) for model in self.models for name, act in ACTS.items()}
        return {name: self.error_of(act, model) for name, (act, model) in acts.items()}

    def write(self):
        """Rows as this code writes them, which stay: with None wherever that may be."""
        for model in self.models:
            for insert in (insert_leaving_defaults_out, insert_none):
                self.error_of(insert, model, REPLACED, stays=True)

    def reads_none(self, other):
        """Fields that hold no None by these models, and do in rows that other code writes; nothing of it stays."""
        from django.db import transaction

        with transaction.atomic():
            other.write()
            found = [name for model in self.models for name in fields_with_none(model)]
            transaction.set_rollback(True)
        return found

    def can_insert(self, asked, locks):
        """Whether rows of the tables that are locked come in, as `ask` has seen it."""
        tables = {lock["relation"] for lock in locks}
        models = [model for model in self.models if model._meta.db_table in tables]
        return any(asked[f"{model._meta.label} insert"] is None for model in models)

    def error_of(self, act, model, *arguments, stays=False):
        """Foreign keys that are checked at the end of the transaction count, too."""
        from django.core.exceptions import FieldError
        from django.db import transaction
        from django.db.models import ProtectedError, RestrictedError

        try:
            with transaction.atomic():
                act(model, *arguments)
                self.connection.check_constraints()
                if not stays:
                    transaction.set_rollback(True)
        except (ProtectedError, RestrictedError):
            # Django has looked, and refuses it as it did before.
            return None
        except FieldError:
            # Nothing was sent: an ordering names what an operation behind this one will name so.
            return None
        except Exception as error:
            return f"{type(error).__name__}: {(str(error) or '-').splitlines()[0]}"
        return None


def worse(before, after, accepted=()):
    """What went through before, and does no more."""
    return [f"{act}: {error}" for act, error in after.items() if error and not before.get(act) and not act.endswith(accepted)]


# The acts


def select(model):
    list(rows_of(model)[:5])
    rows_of(model).last()


def update(model):
    for row in (rows_of(model).first(), rows_of(model).last()):
        if row is not None and len(fields_of(model)) > 1:
            row.save_base(raw=True, force_update=True)


def delete(model):
    if row := rows_of(model).last():
        row.delete()


def insert(model):
    replace(model, None, lambda row, field: True)


def insert_leaving_defaults_out(model, place=None):
    replace(model, place, lambda row, field: not has_default(field))


def insert_none(model, place=None):
    def is_given(row, field):
        if field.null and not field.primary_key:
            setattr(row, field.attname, None)
        return True

    replace(model, place, is_given)


ACTS = {
    "select": select,
    "update": update,
    "delete": delete,
    "insert": insert,
    "insert without defaults": insert_leaving_defaults_out,
    "insert of None": insert_none,
}


def replace(model, place, is_given):
    """A row goes, and comes again: so it is unique, and whoever points to it finds it."""
    row = rows_of(model).last() if place is None else rows_of(model)[place : place + 1].first()
    if row is None:
        return
    rows_of(model).filter(pk=row.pk)._raw_delete(row._state.db)
    given = [field for field in fields_of(model) if is_given(row, field)]
    new = model(**{field.attname: getattr(row, field.attname) for field in given})
    for parent in model._meta.parents.values():
        setattr(new, parent.attname, row.pk)
    # Raw: the rows of parents stay.
    new.save_base(raw=bool(model._meta.parents), force_insert=True)


def rows_of(model):
    return model._base_manager.order_by("pk")


def fields_of(model):
    return [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]


def fields_with_none(model):
    for field in fields_of(model):
        if not field.null and holds_none(model, field):
            yield f"{model._meta.label}.{field.name}"


def holds_none(model, field):
    from django.db import ProgrammingError, transaction

    try:
        with transaction.atomic():
            return rows_of(model).filter(**{f"{field.attname}__isnull": True}).exists()
    except ProgrammingError:
        # A column of the state is not in the database: nobody reads anything there.
        return False


def has_default(field):
    from django.db.models import NOT_PROVIDED

    in_database = getattr(field, "db_default", NOT_PROVIDED)
    written_by_itself = getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
    return field.has_default() or in_database is not NOT_PROVIDED or written_by_itself
