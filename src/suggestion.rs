//! The name that somebody probably meant.

/// The candidate nearest to `name`, if one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = name.to_lowercase();
    // A third of the letters may be wrong; a short name still gets one typing error.
    let allowed = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Typing errors between two names; words left out at one end of a long name count as one.
fn distance(wanted: &str, candidate: &str) -> usize {
    let edits = strsim::osa_distance(wanted, candidate);
    let is_part = wanted.len() > 3 && (candidate.starts_with(wanted) || candidate.ends_with(wanted));
    if is_part { edits.min(1) } else { edits }
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const NAMES: [&str; 3] = ["create-index-blocking-writes", "drop-column", "drop-table"];

    #[test]
    fn a_typing_error_is_recognised() {
        assert_eq!(nearest("drop-colum", NAMES), Some("drop-column"));
        assert_eq!(nearest("Drop_Table", NAMES), Some("drop-table"));
    }

    #[test]
    fn the_beginning_of_a_long_name_is_enough() {
        assert_eq!(nearest("create-index", NAMES), Some("create-index-blocking-writes"));
    }

    #[test]
    fn something_else_altogether_suggests_nothing() {
        assert_eq!(nearest("E501", NAMES), None);
    }
}
