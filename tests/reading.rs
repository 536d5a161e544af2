//! Migration files to operations: what is read, and what is said where it cannot be.

#![allow(clippy::panic, reason = "what fails in a test fails the test")]

use std::path::PathBuf;

use forelock::migration::operation::Deferrable;
use forelock::migration::read::Reader;
use forelock::migration::{
    Base, Constraint, Dependency, Field, FieldKind, InternalType, Migration, MigrationKey, ModelRef, Operation,
    Ownership, SqlText,
};
use forelock::packages::CustomFields;
use forelock::python::{Module, Modules, Origin, parse};
use forelock::source::SourceFile;
use forelock::value::{Operator, Value};

const IMPORTS: &str = "\
from django.conf import settings
from django.db import migrations, models
from django.contrib.postgres.operations import AddIndexConcurrently, HStoreExtension
from django.contrib.postgres.fields import ArrayField
";

fn module(path: &str, text: &str) -> Module {
    module_with(path, text, &Modules::default())
}

fn module_with(path: &str, text: &str, modules: &Modules) -> Module {
    let is_package = path == "shop";
    let source = SourceFile::new(PathBuf::from(path), text.to_owned());
    parse(&source, Origin { path, is_package }, modules)
}

/// Reads a migration of the app `shop` whose text begins with [`IMPORTS`].
fn read(text: &str, others: &[(&str, &str)]) -> Migration {
    let mut modules = Modules::default();
    for (path, text) in others {
        modules.insert(module(path, text));
    }
    let text = format!("{IMPORTS}{text}");
    let reader = Reader {
        modules: &modules,
        fields: &CustomFields::default(),
        rewritten_removals: None,
    };
    let key = MigrationKey::new("shop", "0002_x");
    let module = module_with("shop.migrations.0002_x", &text, &modules);
    reader.read(&module, key, Ownership::Project).migration
}

/// A migration with these operations.
fn operations(lines: &str) -> Migration {
    read(
        &format!("class Migration(migrations.Migration):\n    operations = [\n{lines}\n    ]\n"),
        &[],
    )
}

fn added(migration: &Migration, at: usize) -> &Field {
    match &migration.operations[at].operation {
        Operation::AddField { field, .. } => field,
        other => panic!("{other:?}"),
    }
}

fn field(definition: &str) -> Field {
    added(
        &operations(&format!("migrations.AddField('order', 'x', {definition})")),
        0,
    )
    .clone()
}

fn deleted(migration: &Migration) -> Vec<&str> {
    fn name(operation: &Operation) -> &str {
        match operation {
            Operation::DeleteModel { name } => name,
            other => panic!("{other:?}"),
        }
    }
    migration.operations.iter().map(|node| name(&node.operation)).collect()
}

#[test]
fn positions_and_keywords_mean_the_same() {
    let migration = operations(
        "migrations.RenameField('order', 'old', 'new'),
         migrations.RenameField(model_name='order', new_name='new', old_name='old'),",
    );
    for node in &migration.operations {
        let Operation::RenameField {
            model_name,
            old_name,
            new_name,
        } = &node.operation
        else {
            panic!("{node:?}")
        };
        assert_eq!([model_name, old_name, new_name], ["order", "old", "new"]);
    }
}

#[test]
fn an_unreadable_operation_keeps_its_place_and_says_why() {
    let migration = operations(
        "migrations.DeleteModel('a'),
         migrations.DeleteModel(name=compute()),
         make_operation(),
         migrations.DeleteModel('b'),",
    );
    let unread = |node: &forelock::migration::OperationNode| matches!(node.operation, Operation::Unread { .. });
    assert_eq!(
        migration.operations.iter().map(unread).collect::<Vec<_>>(),
        [false, true, true, false]
    );
    assert_eq!(migration.operations[1].class, "DeleteModel");
    let reasons: Vec<&str> = migration.gaps.iter().map(|gap| gap.reason.as_str()).collect();
    let expected = [
        "`name` is not readable: `compute` is not bound in this module",
        "`make_operation` is not bound in this module",
    ];
    assert_eq!(reasons, expected);
}

#[test]
fn statements_after_the_class_change_its_operations() {
    let text = "
extra = [migrations.DeleteModel('b')]
class Migration(migrations.Migration):
    operations = [migrations.DeleteModel('a')]
    operations += extra
    if True:
        operations = operations + [migrations.DeleteModel('c')]
Migration.operations.append(migrations.DeleteModel('d'))
for name in ['e', 'f']:
    Migration.operations.append(migrations.DeleteModel(name))
";
    assert_eq!(deleted(&read(text, &[])), ["a", "b", "c", "d", "e", "f"]);
}

#[test]
fn an_undecided_condition_leaves_one_unread_operation() {
    let text = "
class Migration(migrations.Migration):
    operations = [migrations.DeleteModel('a')]
    if settings.USE_B:
        operations.append(migrations.DeleteModel('b'))
";
    let migration = read(text, &[]);
    assert_eq!(migration.operations.len(), 2);
    assert!(matches!(migration.operations[1].operation, Operation::Unread { .. }));
}

#[test]
fn the_last_operand_is_taken_where_those_before_decide() {
    let base = "
from django.db import migrations, models
class AddCode(migrations.AddField):
    def __init__(self, model_name, name, field=None):
        super().__init__(model_name, name, field or models.SlugField(unique=True))
";
    let text = "
from shop.base import AddCode
class Migration(migrations.Migration):
    operations = [AddCode('order', 'code')]
";
    let migration = read(text, &[("shop.base", base)]);
    assert!(added(&migration, 0).unique() && migration.gaps.is_empty());
}

#[test]
fn the_version_of_django_decides_conditions() {
    let text = "
import django
if django.VERSION >= (5, 0):
    name = 'new'
else:
    name = 'old'
class Migration(migrations.Migration):
    operations = [migrations.DeleteModel(name)]
";
    assert_eq!(deleted(&read(text, &[])), ["new"]);
}

#[test]
fn a_migration_inherits_from_a_base_of_the_project() {
    let base = "
from django.db import migrations
class Quiet(migrations.Migration):
    atomic = False
    dependencies = [('shop', '0001_initial')]
";
    let text = "
from shop.base import Quiet
class Migration(Quiet):
    operations = [migrations.DeleteModel('a')]
";
    let migration = read(text, &[("shop.base", base)]);
    assert!(!migration.atomic && migration.dependencies.len() == 1 && migration.gaps.is_empty());
}

#[test]
fn dependencies_name_migrations_and_settings() {
    let text = "
class Migration(migrations.Migration):
    dependencies = [('shop', '0001_initial'), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    replaces = [('shop', '0002_a')]
";
    let migration = read(text, &[]);
    let expected = [
        Dependency::Migration(MigrationKey::new("shop", "0001_initial")),
        Dependency::Swappable("AUTH_USER_MODEL".to_owned()),
    ];
    assert_eq!(migration.dependencies, expected);
    assert_eq!(migration.replaces, [MigrationKey::new("shop", "0002_a")]);
}

#[test]
fn compared_is_what_deconstruct_returns() {
    let compared = |definition| field(definition).compared.into_keys().collect::<Vec<_>>();
    assert_eq!(
        compared("models.CharField('Name', max_length=20, blank=True, help_text='x')"),
        ["max_length"]
    );
    assert!(compared("models.URLField(max_length=200, null=False)").is_empty());
    assert_eq!(compared("models.EmailField()"), ["max_length"]);
    assert!(compared("models.SlugField(max_length=50, db_index=True)").is_empty());
    assert_eq!(compared("models.SlugField(db_index=False)"), ["db_index"]);
    assert_eq!(
        compared("models.ForeignKey('shop.Order', models.CASCADE, null=True)"),
        ["null"]
    );
    assert_eq!(
        compared("models.ForeignKey('Order', models.CASCADE, db_index=False)"),
        ["db_index"]
    );
    assert!(compared("models.OneToOneField('Order', models.CASCADE, unique=True)").is_empty());
    assert_eq!(compared("models.ImageField()"), ["upload_to"]);
    assert_eq!(compared("models.UUIDField(default=None)"), ["default"]);
    assert_eq!(
        compared("models.DateTimeField(auto_now=True, auto_now_add=False)"),
        ["auto_now"]
    );
    assert_eq!(
        compared("models.AutoField(primary_key=True, auto_created=True)"),
        ["auto_created", "primary_key"]
    );
    assert_eq!(
        compared("ArrayField(models.CharField(max_length=3))"),
        ["base_field", "size"]
    );
}

#[test]
fn constructors_set_what_django_sets() {
    assert_eq!(field("models.EmailField()").max_length, Some(254));
    assert_eq!(field("models.UUIDField()").max_length, Some(32));
    assert!(field("models.SlugField()").db_index);
    assert!(field("models.ForeignKey('Order', models.CASCADE)").db_index);
    assert!(field("models.NullBooleanField()").null);
    assert_eq!(
        field("models.DecimalField('Price', 'price', 10, 2)").decimal_places,
        Some(2)
    );
}

#[test]
fn a_model_is_named_by_app_by_setting_or_as_itself() {
    let to = |definition| field(definition).relation().expect("a relation").to.clone();
    let named = ModelRef::Named {
        app: "shop".to_owned(),
        name: "Order".to_owned(),
    };
    assert_eq!(to("models.ForeignKey('Order', models.CASCADE)"), named);
    assert_eq!(
        to("models.ForeignKey(to='shop.Order', on_delete=models.CASCADE)"),
        named
    );
    assert_eq!(to("models.ForeignKey('self', models.CASCADE)"), ModelRef::SelfReference);
    let setting = ModelRef::Setting("AUTH_USER_MODEL".to_owned());
    assert_eq!(
        to("models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)"),
        setting
    );
}

#[test]
fn a_custom_field_leads_to_the_class_it_derives_from() {
    let fields = "
from django.db import models
class Base(models.CharField):
    def __init__(self, *args, **kwargs):
        kwargs.setdefault('max_length', 16)
        super().__init__(*args, **kwargs)
class CodeField(Base):
    pass
class LtreeField(models.Field):
    def db_type(self, connection):
        return 'ltree'
";
    let text = "
import shop.fields, other.fields
from ..fields import LtreeField
class Migration(migrations.Migration):
    operations = [
        migrations.AddField('order', 'a', shop.fields.CodeField()),
        migrations.AddField('order', 'b', LtreeField(null=True)),
        migrations.AddField('order', 'c', other.fields.Strange()),
    ]
";
    let migration = read(text, &[("shop.fields", fields)]);
    let code = added(&migration, 0);
    assert!(matches!(code.kind, FieldKind::Plain(InternalType::Char)));
    assert_eq!(
        (code.max_length, code.path.as_str()),
        (Some(16), "shop.fields.CodeField")
    );
    assert!(matches!(&added(&migration, 1).kind, FieldKind::Database { db_type, .. } if db_type == "ltree"));
    let FieldKind::Unknown(reason) = &added(&migration, 2).kind else {
        panic!("{migration:?}")
    };
    assert!(
        reason.contains("other.fields.Strange") && reason.contains("[tool.forelock.fields]"),
        "{reason}"
    );
}

#[test]
fn fields_of_well_known_packages_need_no_source() {
    let text = "
import phonenumber_field.modelfields, pgvector.django.vector, taggit.managers
class Migration(migrations.Migration):
    operations = [
        migrations.AddField('order', 'a', phonenumber_field.modelfields.PhoneNumberField(region=None)),
        migrations.AddField('order', 'b', pgvector.django.vector.VectorField(dimensions=3)),
        migrations.AddField('order', 'c', taggit.managers.TaggableManager(to='taggit.Tag')),
    ]
";
    let migration = read(text, &[]);
    assert_eq!(added(&migration, 0).max_length, Some(128));
    assert!(matches!(&added(&migration, 1).kind, FieldKind::Database { db_type, .. } if db_type == "vector(3)"));
    assert!(matches!(added(&migration, 2).kind, FieldKind::NoColumn));
}

#[test]
fn a_constant_of_another_module_is_filled_in() {
    let text = "
from shop import LENGTH
from shop.sql import VIEW
class Migration(migrations.Migration):
    operations = [
        migrations.AddField('order', 'a', models.CharField(max_length=LENGTH * 2)),
        migrations.RunSQL(VIEW % 'orders'),
    ]
";
    let others = [
        ("shop", "from .limits import *\n"),
        ("shop.limits", "LENGTH = 10\n"),
        ("shop.sql", "VIEW = 'DROP VIEW %s'\n"),
    ];
    let migration = read(text, &others);
    assert_eq!(added(&migration, 0).max_length, Some(20));
    let Operation::RunSql {
        sql: SqlText::Pieces(pieces),
        ..
    } = &migration.operations[1].operation
    else {
        panic!("{migration:?}")
    };
    assert_eq!(pieces[0].text.as_deref(), Some("DROP VIEW orders"));
}

#[test]
fn a_key_is_looked_up_in_a_dict_of_anything() {
    let field = field("models.IntegerField(default=1 if \"b\" in {\"a\": print, \"b\": settings.UNKNOWN} else 2)");
    assert_eq!(field.default, Some(Value::Int(1)));
}

#[test]
fn a_member_of_an_enumeration_is_its_value_wherever_the_class_stands() {
    let text = "
import shop.choices
from shop.choices import Colour
class Local(models.TextChoices):
    ONE = 'o', 'One'
class Migration(migrations.Migration):
    operations = [
        migrations.AddField('order', 'a', models.CharField(default=DEFAULT)) for DEFAULT in [
            Colour.RED, Colour.DARK_BLUE.value, Colour.RED.label, Colour.DARK_BLUE.label, shop.choices.Colour['RED'],
            Colour('db'), shop.choices.Level.HIGH, Local.ONE, Local.ONE.name, Local['ONE'], shop.choices.Plain.ONE.value,
            shop.choices.Plain.ONE,
        ]
    ]
";
    let choices = "
from django.db import models
from enum import Enum, IntEnum
class Colour(models.TextChoices):
    RED = 'r', 'Bright red'
    DARK_BLUE = 'db'
class Level(IntEnum):
    HIGH = 10
class Plain(Enum):
    ONE = 'one'
";
    let migration = read(text, &[("shop", ""), ("shop.choices", choices)]);
    let defaults = (0..12).map(|at| match added(&migration, at).default.as_ref() {
        Some(Value::Str(text)) => text.to_string(),
        Some(Value::Int(int)) => int.to_string(),
        other => format!("{other:?}"),
    });
    let defaults: Vec<String> = defaults.collect();
    let expected = [
        "r",
        "db",
        "Bright red",
        "Dark Blue",
        "r",
        "db",
        "10",
        "o",
        "ONE",
        "o",
        "one",
    ];
    assert_eq!(defaults[..11], expected);
    assert!(
        defaults[11].contains("is a member of an enumeration"),
        "{}",
        defaults[11]
    );
}

#[test]
fn the_label_of_the_user_model_is_a_string_to_calculate_with() {
    let text = "
from django.contrib.auth import get_user_model
User = get_user_model()
class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(
            'PageUser',
            [
                ('%s_ptr' % User._meta.object_name.lower(), models.OneToOneField('%s.%s' % (
                    User._meta.app_label, User._meta.object_name), models.CASCADE, primary_key=True)),
                (f\"{settings.AUTH_USER_MODEL.rsplit('.', 1)[1].lower()}_id\", models.IntegerField()),
            ],
            bases=(settings.AUTH_USER_MODEL.lower(),),
        ),
    ]
";
    let migration = read(text, &[]);
    let Operation::CreateModel { fields, bases, .. } = &migration.operations[0].operation else {
        panic!("{migration:?}")
    };
    let names: Vec<&str> = fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["user_ptr", "user_id"]);
    let user = |name: &str| ModelRef::Named {
        app: "auth".to_owned(),
        name: name.to_owned(),
    };
    assert_eq!(fields[0].1.relation().map(|relation| &relation.to), Some(&user("User")));
    assert_eq!(*bases, [Base::Model(user("user"))]);
}

#[test]
fn a_constructor_of_the_migration_changes_its_operations() {
    let text = "
from django.db import connection
class Migration(migrations.Migration):
    operations = [migrations.DeleteModel('A')]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if connection.vendor == 'postgresql':
            self.operations = [*self.operations, migrations.DeleteModel('B')]
";
    let migration = read(text, &[]);
    assert_eq!(deleted(&migration), ["A", "B"]);
}

#[test]
fn a_constraint_says_in_several_ways_that_it_is_deferrable() {
    let written = [
        "models.Deferrable.DEFERRED",
        "models.Deferrable['DEFERRED']",
        "models.Deferrable('deferred')",
    ];
    for deferrable in written {
        let constraint = format!("models.UniqueConstraint(fields=['a'], name='u', deferrable={deferrable})");
        let migration = operations(&format!("migrations.AddConstraint('order', {constraint})"));
        let Operation::AddConstraint {
            constraint: Constraint::Unique { deferrable: read, .. },
            ..
        } = &migration.operations[0].operation
        else {
            panic!("{deferrable}: {migration:?}")
        };
        assert_eq!(*read, Some(Deferrable::Deferred), "{deferrable}");
    }
}

#[test]
fn a_plain_subclass_of_an_operation_is_that_operation() {
    let text = "
class Rename(migrations.RenameModel):
    def __init__(self, model):
        super().__init__('Old' + model, model)
class Strange(migrations.RunSQL):
    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        schema_editor.execute('SELECT 1')
class Migration(migrations.Migration):
    operations = [Rename('Order'), Strange('SELECT 2')]
";
    let migration = read(text, &[]);
    let [rename, strange] = migration.operations.as_slice() else {
        panic!("{migration:?}")
    };
    let Operation::RenameModel { old_name, new_name } = &rename.operation else {
        panic!("{rename:?}")
    };
    assert_eq!([old_name, new_name, &rename.class], ["OldOrder", "Order", "Rename"]);
    // It sends something else than its base class: what its code sends.
    let Operation::SeparateDatabaseAndState {
        database_operations, ..
    } = &strange.operation
    else {
        panic!("{strange:?}")
    };
    let [sent] = database_operations.as_slice() else {
        panic!("{strange:?}")
    };
    let Operation::RunSql {
        sql: SqlText::Pieces(pieces),
        ..
    } = &sent.operation
    else {
        panic!("{strange:?}")
    };
    assert_eq!(pieces[0].text.as_deref(), Some("SELECT 1"));
}

#[test]
fn indexes_and_constraints_keep_their_expressions() {
    let migration = operations(
        "AddIndexConcurrently('order', models.Index(fields=['-created', 'id'], name='i')),
         migrations.AddConstraint('order', models.CheckConstraint(check=models.Q(a=0) | ~models.Q(x=1), name='c')),
         HStoreExtension(),",
    );
    let [index, constraint, extension] = migration.operations.as_slice() else {
        panic!("{migration:?}")
    };
    let Operation::AddIndex {
        index,
        concurrently: true,
        ..
    } = &index.operation
    else {
        panic!("{index:?}")
    };
    assert!(index.fields[0].descending && !index.fields[1].descending);
    let Operation::AddConstraint {
        constraint: Constraint::Check { condition, .. },
        ..
    } = &constraint.operation
    else {
        panic!("{constraint:?}")
    };
    assert!(matches!(condition, Value::Operation(Operator::Or, _)));
    assert!(matches!(&extension.operation, Operation::CreateExtension { name } if name == "hstore"));
}

#[test]
fn deep_large_and_endless_input_comes_to_an_end() {
    module("deep", &format!("x = {}1{}\n", "[".repeat(190), "]".repeat(190)));
    let long = module("long", &format!("x = {}'a'\n", "'a' + ".repeat(5_000)));
    assert_eq!(long.bindings["x"].as_str().map(str::len), Some(5_001));
    let doubling = module("doubling", &format!("x = ['a', 'b']\n{}", "x = x + x\n".repeat(60)));
    assert!(doubling.bindings["x"].unknown().is_some());
    module(
        "circle",
        "def f():\n    return g()\ndef g():\n    return f()\nx = f()\n",
    );
    let turns = "for a in range(9999):\n    for b in range(9999):\n        for c in range(9999):\n            pass\n";
    module("turns", turns);
}

#[test]
fn what_can_be_read_around_a_syntax_error_is_read() {
    let text = "
class Migration(migrations.Migration):
    operations = [migrations.DeleteModel('a')]
print 'done'
";
    let migration = read(text, &[]);
    assert_eq!(deleted(&migration), ["a"]);
}
