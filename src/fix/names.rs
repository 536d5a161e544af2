//! The names of the parts of a migration. The last one keeps the migration's.

/// Names for the parts before the last one, none of which begins with the name that is kept: `migrate shop 0042_x` takes the
/// beginning of a name, and has to find one migration (django/db/migrations/loader.py, `get_migration_by_prefix`).
pub(super) fn before(kept: &str, count: usize, is_taken: impl Fn(&str) -> bool) -> Vec<String> {
    let digits = kept.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(kept.len());
    let (number, rest) = kept.split_at(digits);
    let rest = rest.trim_start_matches('_');
    let schemes: [&dyn Fn(usize) -> String; 3] = [
        &|part| joined(&[number, &part.to_string(), rest]),
        &|part| joined(&[number, "part", &part.to_string(), rest]),
        &|part| format!("part_{part}_of_{kept}"),
    ];
    let names = |scheme: &dyn Fn(usize) -> String| (1..=count).map(scheme).collect::<Vec<String>>();
    let fits = |names: &Vec<String>| names.iter().all(|name| !name.starts_with(kept) && !is_taken(name));
    let first = schemes.iter().map(|scheme| names(*scheme)).find(fits);
    first.unwrap_or_else(|| free(kept, count, &is_taken))
}

/// Further and further numbers, until the names are free.
fn free(kept: &str, count: usize, is_taken: &impl Fn(&str) -> bool) -> Vec<String> {
    let names = (1..).map(|part: usize| format!("part_{part}_of_{kept}"));
    names.filter(|name| !is_taken(name)).take(count).collect()
}

fn joined(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join("_")
}

#[cfg(test)]
mod tests {
    use super::before;

    #[test]
    fn parts_are_found_beside_the_kept_name_and_never_by_its_beginning() {
        assert_eq!(before("0042_note", 2, |_| false), ["0042_1_note", "0042_2_note"]);
        assert_eq!(before("0042", 1, |_| false), ["part_1_of_0042"]);
        assert_eq!(before("0042_1", 1, |_| false), ["0042_part_1_1"]);
        assert_eq!(
            before("0042_note", 1, |name| name == "0042_1_note"),
            ["0042_part_1_note"]
        );
        assert_eq!(before("note", 1, |_| false), ["1_note"]);
    }
}
