//! `str(decimal.Decimal(..))` of Python.

/// `str(Decimal(text))`; nothing if `text` is no number.
pub(super) fn decimal_text(text: &str) -> Option<String> {
    let cleaned = text.trim().replace('_', "");
    let (negative, rest) = match cleaned.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, cleaned.strip_prefix('+').unwrap_or(&cleaned)),
    };
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (rest, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let exponent = exponent.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    Some(layout(negative, digits.trim_start_matches('0'), exponent))
}

/// A decimal of these digits times ten to the `exponent`. See `Decimal.__str__` in Lib/_pydecimal.py.
fn layout(negative: bool, digits: &str, exponent: i32) -> String {
    let digits = if digits.is_empty() { "0" } else { digits };
    let sign = if negative { "-" } else { "" };
    let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let left = exponent.saturating_add(length);
    if exponent <= 0 && left > -6 {
        if exponent == 0 {
            return format!("{sign}{digits}");
        }
        return match usize::try_from(left) {
            Ok(point) if point > 0 => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
            _ => format!("{sign}0.{}{digits}", "0".repeat(left.unsigned_abs() as usize)),
        };
    }
    let (first, rest) = digits.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let power = left - 1;
    let plus = if power < 0 { "" } else { "+" };
    format!("{sign}{first}{point}{rest}E{plus}{power}")
}

/// `Context(prec=precision).create_decimal_from_float(value)`: exact, rounded half even to `precision` digits.
/// See `DecimalField.to_python`.
pub(super) fn decimal_from_float(value: f64, precision: Option<i64>) -> Option<String> {
    if !value.is_finite() {
        return None;
    }
    // No double has more decimals than this; what is printed is its exact value.
    let exact = format!("{:.1074}", value.abs());
    let (whole, fraction) = exact.split_once('.')?;
    let fraction = fraction.trim_end_matches('0');
    let digits = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    let mut exponent = -i32::try_from(fraction.len()).ok()?;
    let precision = usize::try_from(precision.unwrap_or(28)).ok()?.max(1);
    let mut rounded = digits.to_owned();
    if digits.len() > precision {
        rounded = round_half_even(digits, precision);
        exponent += i32::try_from(digits.len() - precision).ok()?;
        if rounded.len() > precision {
            rounded.pop();
            exponent += 1;
        }
    }
    Some(layout(value.is_sign_negative(), &rounded, exponent))
}

fn round_half_even(digits: &str, count: usize) -> String {
    let (kept, dropped) = digits.split_at(count);
    let mut kept: Vec<u8> = kept.bytes().collect();
    let (first, rest) = dropped.split_at(1);
    let is_half = first == "5" && rest.bytes().all(|digit| digit == b'0');
    let is_odd = kept.last().is_some_and(|digit| (digit - b'0') % 2 == 1);
    if (first > "5" || first == "5" && !is_half) || is_half && is_odd {
        let mut position = kept.len();
        loop {
            if position == 0 {
                kept.insert(0, b'1');
                break;
            }
            position -= 1;
            if kept[position] == b'9' {
                kept[position] = b'0';
            } else {
                kept[position] += 1;
                break;
            }
        }
    }
    kept.into_iter().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::{decimal_from_float, decimal_text};

    #[test]
    fn a_decimal_keeps_its_digits() {
        for (text, written) in [
            ("0.00", "0.00"),
            ("1e2", "1E+2"),
            (".5", "0.5"),
            ("-1.50", "-1.50"),
            ("007", "7"),
            ("0.0000001", "1E-7"),
        ] {
            assert_eq!(decimal_text(text).as_deref(), Some(written));
        }
        assert_eq!(decimal_text("x"), None);
    }

    #[test]
    fn a_float_becomes_a_decimal_of_max_digits() {
        assert_eq!(decimal_from_float(0.1, Some(5)).as_deref(), Some("0.10000"));
        assert_eq!(decimal_from_float(-1.5, Some(5)).as_deref(), Some("-1.5"));
        assert_eq!(decimal_from_float(0.0, Some(5)).as_deref(), Some("0"));
        assert_eq!(decimal_from_float(99.99, Some(3)).as_deref(), Some("100"));
    }
}
