//! The database backend that a project's `ENGINE` names: a step between Django's schema editor and execution.

use crate::versions::DjangoVersion;

/// What becomes of the statements of Django's schema editor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Backend {
    /// Django's own, or one that leaves DDL alone: they are sent as they are.
    #[default]
    Django,
    /// `django_zero_downtime_migrations.backends` of django-pg-zero-downtime-migrations.
    ZeroDowntime(ZeroDowntime),
    /// An engine that forelock does not know.
    Unknown {
        /// Its dotted path.
        engine: String,
    },
}

impl Backend {
    /// Whether a migration that does not say otherwise runs in one transaction.
    ///
    /// The schema editor of the zero-downtime backend is made with `atomic=False`, whatever the migration asks for.
    #[must_use]
    pub fn has_transactions(&self) -> bool {
        !matches!(self, Backend::ZeroDowntime(_))
    }

    /// Whether a second run of a migration goes on where the first has failed.
    #[must_use]
    pub fn passes_over_what_is_there(&self) -> bool {
        matches!(self, Backend::ZeroDowntime(backend) if backend.idempotent_sql)
    }
}

/// The settings `ZERO_DOWNTIME_MIGRATIONS_..`, see `DatabaseSchemaEditorMixin.__init__` of the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZeroDowntime {
    /// The engine, where its schema editor is the project's own and derives from the package's.
    pub derived: Option<String>,
    /// The package's release: `20` of 0.20.
    pub release: u8,
    /// `..STATEMENT_TIMEOUT`, as it is set around locks that others wait for.
    pub statement_timeout: Option<String>,
    /// `..LOCK_TIMEOUT`, likewise.
    pub lock_timeout: Option<String>,
    /// `..FLEXIBLE_STATEMENT_TIMEOUT`: no statement timeout for what runs long and blocks nobody.
    pub flexible_statement_timeout: bool,
    /// `..RAISE_FOR_UNSAFE`
    pub raise_for_unsafe: bool,
    /// `..DEFERRED_SQL`: what is put off waits for the end of the migration, not of the operation.
    pub deferred_sql: bool,
    /// `..IDEMPOTENT_SQL`: what the database has under its name is passed over.
    pub idempotent_sql: bool,
    /// `..KEEP_DEFAULT`: the default of a new column stays. Before Django 5.0 only.
    pub keep_default: bool,
    /// `..EXPLICIT_CONSTRAINTS_DROP`: keys and indexes go before the column or table does.
    pub explicit_constraints_drop: bool,
}

impl Default for ZeroDowntime {
    fn default() -> Self {
        Self {
            derived: None,
            release: Self::NEWEST,
            statement_timeout: None,
            lock_timeout: None,
            flexible_statement_timeout: false,
            raise_for_unsafe: false,
            deferred_sql: true,
            idempotent_sql: false,
            keep_default: false,
            explicit_constraints_drop: true,
        }
    }
}

impl ZeroDowntime {
    /// The newest release that forelock knows.
    pub const NEWEST: u8 = 20;
    /// The oldest.
    pub const OLDEST: u8 = 16;

    /// Whether the default that an added column needs for the rows that are there stays with it.
    #[must_use]
    pub fn keeps_default(&self, django: DjangoVersion) -> bool {
        self.keep_default && django < DjangoVersion::new(5, 0)
    }

    /// Whether a unique constraint that is made of an index is `DEFERRABLE` where the model says so.
    pub(crate) fn keeps_deferrable(&self) -> bool {
        self.release >= 18
    }

    /// Whether adding a stored generated column is called unsafe.
    pub(crate) fn knows_generated(&self) -> bool {
        self.release >= 20
    }

    /// Whether `numeric` without precision is known to take every `numeric(p, s)` as it is.
    pub(crate) fn knows_plain_numeric(&self) -> bool {
        self.release >= 20
    }

    /// Whether the database is asked for keys by the name of the table itself, and not by what `regclass` prints of it,
    /// which has quotes around capitals.
    pub(crate) fn finds_quoted_tables(&self) -> bool {
        self.release >= 20
    }

    /// Whether `IDEMPOTENT_SQL` looks for names as they are written, and not as `information_schema` and a cast to `regclass`
    /// of the bare name find them.
    pub(crate) fn finds_quoted_names(&self) -> bool {
        self.release >= 20
    }

    /// Whether a key keeps the `ON DELETE` of Django 6.1.
    pub(crate) fn keeps_on_delete(&self) -> bool {
        self.release >= 20
    }
}
