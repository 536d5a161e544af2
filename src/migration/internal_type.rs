//! Django's internal types of fields, and what `get_internal_type()` calls them.

/// Django's internal types of column fields.
/// See `data_types` in django/db/backends/postgresql/base.py and django/contrib/postgres/fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(
    missing_docs,
    reason = "each variant is the class of the same name with `Field` behind it"
)]
pub enum InternalType {
    Auto,
    BigAuto,
    SmallAuto,
    BigInteger,
    Binary,
    Boolean,
    Char,
    Date,
    DateTime,
    Decimal,
    Duration,
    File,
    FilePath,
    Float,
    GenericIPAddress,
    IPAddress,
    Integer,
    Json,
    PositiveBigInteger,
    PositiveInteger,
    PositiveSmallInteger,
    Slug,
    SmallInteger,
    Text,
    Time,
    Uuid,
    // django.contrib.postgres
    CICharField,
    CIEmailField,
    CITextField,
    HStore,
    SearchVector,
    SearchQuery,
    IntegerRange,
    BigIntegerRange,
    DecimalRange,
    DateTimeRange,
    DateRange,
}

/// Names and types; first those of the backend's own `data_types`, then those of django.contrib.postgres.
const NAMES: [(&str, InternalType); 37] = [
    ("AutoField", InternalType::Auto),
    ("BigAutoField", InternalType::BigAuto),
    ("SmallAutoField", InternalType::SmallAuto),
    ("BigIntegerField", InternalType::BigInteger),
    ("BinaryField", InternalType::Binary),
    ("BooleanField", InternalType::Boolean),
    ("CharField", InternalType::Char),
    ("DateField", InternalType::Date),
    ("DateTimeField", InternalType::DateTime),
    ("DecimalField", InternalType::Decimal),
    ("DurationField", InternalType::Duration),
    ("FileField", InternalType::File),
    ("FilePathField", InternalType::FilePath),
    ("FloatField", InternalType::Float),
    ("GenericIPAddressField", InternalType::GenericIPAddress),
    ("IPAddressField", InternalType::IPAddress),
    ("IntegerField", InternalType::Integer),
    ("JSONField", InternalType::Json),
    ("PositiveBigIntegerField", InternalType::PositiveBigInteger),
    ("PositiveIntegerField", InternalType::PositiveInteger),
    ("PositiveSmallIntegerField", InternalType::PositiveSmallInteger),
    ("SlugField", InternalType::Slug),
    ("SmallIntegerField", InternalType::SmallInteger),
    ("TextField", InternalType::Text),
    ("TimeField", InternalType::Time),
    ("UUIDField", InternalType::Uuid),
    ("CICharField", InternalType::CICharField),
    ("CICharField", InternalType::CIEmailField),
    ("CITextField", InternalType::CITextField),
    ("HStoreField", InternalType::HStore),
    ("SearchVectorField", InternalType::SearchVector),
    ("SearchQueryField", InternalType::SearchQuery),
    ("IntegerRangeField", InternalType::IntegerRange),
    ("BigIntegerRangeField", InternalType::BigIntegerRange),
    ("DecimalRangeField", InternalType::DecimalRange),
    ("DateTimeRangeField", InternalType::DateTimeRange),
    ("DateRangeField", InternalType::DateRange),
];

const OF_DJANGO: usize = 26;

impl InternalType {
    /// Whether it is one of the classes of `AutoField`.
    #[must_use]
    pub fn is_automatic(self) -> bool {
        matches!(
            self,
            InternalType::Auto | InternalType::BigAuto | InternalType::SmallAuto
        )
    }

    /// Whether its column has a check.
    #[must_use]
    pub fn is_positive(self) -> bool {
        matches!(
            self,
            InternalType::PositiveBigInteger | InternalType::PositiveInteger | InternalType::PositiveSmallInteger
        )
    }

    /// What `get_internal_type()` returns.
    #[must_use]
    pub fn name(self) -> &'static str {
        let found = NAMES.iter().find(|(_, internal_type)| *internal_type == self);
        found.map_or("", |(name, _)| name)
    }

    /// The type with this name among the keys of the backend's `data_types`.
    #[must_use]
    pub fn of_backend(name: &str) -> Option<Self> {
        let own = &NAMES[..OF_DJANGO];
        own.iter()
            .find(|(own, _)| *own == name)
            .map(|(_, internal_type)| *internal_type)
    }
}
