//! How far Postgres's own functions vary: `pg_proc.provolatile` of PostgreSQL 15, with the newcomers of 16 to 18.

use super::token::tokens;
use crate::statement::Volatility;

/// Functions that give another value each time, also those of `uuid-ossp` and `pgcrypto`.
const VOLATILE: &[&str] = &[
    "array_sample",
    "array_shuffle",
    "clock_timestamp",
    "currval",
    "gen_random_bytes",
    "gen_random_uuid",
    "gen_salt",
    "lastval",
    "nextval",
    "random",
    "random_normal",
    "set_config",
    "setval",
    "timeofday",
    "txid_status",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
];

/// Functions that are stable or immutable in all their forms, also those of `uuid-ossp`, `pgcrypto`, `pg_trgm`,
/// `unaccent`, `hstore` and PostGIS that migrations use.
const STEADY: &str = "abs acos acosd acosh age akeys any_value area armor array_agg array_append array_cat array_dims \
    array_fill array_length array_lower array_ndims array_position array_positions array_prepend array_remove \
    array_replace array_reverse array_sort array_to_json array_to_string array_to_tsvector array_upper ascii asin asind \
    asinh atan atan2 atan2d atand atanh avals avg bit bit_and bit_count bit_length bit_or bool bool_and bool_or box bpchar \
    broadcast btrim cardinality casefold cast cbrt ceil ceiling center char char_length character_length chr cidr circle \
    coalesce col_description concat concat_ws convert convert_from convert_to cos cosd cosh cot cotd count crc32 crc32c \
    current_catalog current_database current_date current_role current_schema current_schemas current_setting current_time \
    current_timestamp current_user daitch_mokotoff date date_add date_bin date_part date_subtract date_trunc \
    datemultirange daterange decode degrees delete dense_rank diagonal diameter difference digest div dmetaphone each \
    encode enum_first enum_last enum_range erf erfc every exist exists exp extract factorial family first_value floor \
    format format_type gamma gcd generate_series generate_subscripts get_bit get_byte get_current_ts_config greatest \
    grouping has_column_privilege has_database_privilege has_function_privilege has_schema_privilege \
    has_sequence_privilege has_table_privilege height hmac host hostmask hstore hstore_to_json hstore_to_jsonb inet \
    inet_merge initcap int2 int4 int4multirange int4range int8 int8multirange int8range interval is_normalized isempty \
    isfinite json_agg json_array json_array_elements json_array_elements_text json_array_length json_arrayagg \
    json_build_array json_build_object json_each json_each_text json_exists json_extract_path json_extract_path_text \
    json_object json_object_agg json_object_keys json_objectagg json_populate_record json_populate_recordset json_query \
    json_scalar json_serialize json_strip_nulls json_to_record json_to_recordset json_typeof json_value jsonb_agg \
    jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_concat \
    jsonb_delete jsonb_delete_path jsonb_each jsonb_each_text jsonb_exists jsonb_exists_all jsonb_exists_any \
    jsonb_extract_path jsonb_extract_path_text jsonb_insert jsonb_object jsonb_object_agg jsonb_object_keys \
    jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz jsonb_path_query jsonb_path_query_array \
    jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record \
    jsonb_populate_recordset jsonb_pretty jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_recordset \
    jsonb_typeof justify_days justify_hours justify_interval lag last_value lcm lead least left length levenshtein lgamma \
    line ln localtime localtimestamp log log10 lower lower_inc lower_inf lpad lseg ltrim macaddr macaddr8 make_date \
    make_interval make_time make_timestamp make_timestamptz masklen max md5 metaphone min min_scale mod money \
    multirange netmask network normalize now nth_value ntile nullif num_nonnulls num_nulls numeric nummultirange numnode \
    numrange obj_description octet_length oid overlaps overlay parse_ident path percent_rank percentile_cont \
    percentile_disc phraseto_tsquery pi plainto_tsquery point polygon position pow power querytree quote_ident \
    quote_literal quote_nullable radians radius range_agg range_merge rank regclass regexp_count regexp_instr regexp_like \
    regexp_match regexp_matches regexp_replace regexp_split_to_array regexp_split_to_table regexp_substr repeat replace \
    reverse right round row row_number row_to_json rpad rtrim scale session_user set_bit set_byte set_masklen \
    setweight sha224 sha256 sha384 sha512 shobj_description show_trgm sign similarity sin sind sinh skeys slice slope \
    soundex split_part sqrt st_area st_asgeojson st_astext st_buffer st_centroid st_contains st_distance st_dwithin \
    st_geogfromtext st_geographyfromtext st_geohash st_geometryfromtext st_geomfromewkt st_geomfromgeojson \
    st_geomfromtext st_geomfromwkb st_intersection st_intersects st_isvalid st_length st_makeenvelope st_makepoint \
    st_makevalid st_multi st_point st_pointfromtext st_setsrid st_srid st_transform st_union st_within st_x st_y \
    statement_timestamp stddev strict_word_similarity string_agg string_to_array string_to_table strip strpos substr \
    substring sum svals tan tand tanh text time timestamp timestamptz timetz timezone to_ascii to_bin to_char to_date \
    to_hex to_json to_jsonb to_number to_oct to_regclass to_regnamespace to_regproc to_regprocedure to_regrole \
    to_regtype to_timestamp to_tsquery to_tsvector transaction_timestamp translate treat trim trim_array trim_scale trunc \
    ts_delete ts_filter ts_headline ts_lexize ts_rank ts_rank_cd tsmultirange tsquery_phrase tsrange tstzmultirange \
    tstzrange tsvector_to_array txid_current unaccent unistr unnest upper upper_inc upper_inf user uuid_extract_timestamp \
    uuid_extract_version uuid_generate_v3 uuid_generate_v5 uuid_nil uuid_ns_dns uuid_ns_oid uuid_ns_url uuid_ns_x500 \
    varbit varchar variance version websearch_to_tsquery width width_bucket word_similarity xml xml_is_well_formed \
    xmlagg xmlcomment xmlconcat xmlelement xmlexists xmlforest xmlparse xmlpi xmlroot xmlserialize xpath xpath_exists";

/// How far one of Postgres's own functions varies; `None` for a name that is not its own.
#[must_use]
pub fn built_in(name: &str) -> Option<Volatility> {
    if VOLATILE.contains(&name) {
        return Some(Volatility::Volatile);
    }
    // What is stable has one value for all rows of a statement, like a constant.
    STEADY
        .split(' ')
        .any(|steady| steady == name)
        .then_some(Volatility::Stable)
}

/// The functions that a statement calls, by their names in small letters, without schema: names before a bracket that are no
/// words of SQL.
#[must_use]
pub fn calls(text: &str) -> Vec<String> {
    let (tokens, _) = tokens(text);
    let pairs = tokens.windows(2).filter(|pair| pair[1].is_symbol("("));
    let names = pairs.filter_map(|pair| pair[0].name()).map(str::to_lowercase);
    names.filter(|name| !NO_CALLS.contains(&name.as_str())).collect()
}

/// Words that stand before brackets and call nothing.
const NO_CALLS: &[&str] = &[
    "all",
    "and",
    "any",
    "array",
    "as",
    "between",
    "by",
    "case",
    "cast",
    "char",
    "character",
    "coalesce",
    "cube",
    "decimal",
    "distinct",
    "else",
    "except",
    "exists",
    "extract",
    "filter",
    "from",
    "grouping",
    "having",
    "in",
    "intersect",
    "is",
    "join",
    "lateral",
    "like",
    "limit",
    "not",
    "numeric",
    "offset",
    "on",
    "or",
    "over",
    "overlay",
    "position",
    "rollup",
    "row",
    "select",
    "sets",
    "some",
    "substring",
    "then",
    "trim",
    "union",
    "using",
    "values",
    "varchar",
    "when",
    "where",
    "with",
];

#[cfg(test)]
mod tests {
    use super::built_in;
    use crate::statement::Volatility;

    #[test]
    fn what_differs_from_row_to_row_is_volatile() {
        assert_eq!(built_in("gen_random_uuid"), Some(Volatility::Volatile));
        assert_eq!(built_in("now"), Some(Volatility::Stable));
        assert_eq!(built_in("xpath_exists"), Some(Volatility::Stable));
        assert_eq!(built_in("shop_number"), None);
    }
}
