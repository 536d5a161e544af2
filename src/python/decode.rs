//! Bytes of a Python file to text, as Python itself decodes them (PEP 263).

use thiserror::Error;

/// Why a file is not text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DecodeError {
    /// A byte that the encoding does not know.
    #[error("line {line} is not {encoding}: byte 0x{byte:02x}; save the file as UTF-8 or declare its encoding")]
    Invalid {
        /// 1-based line of the first bad byte.
        line: usize,
        /// The encoding that was tried.
        encoding: &'static str,
        /// The byte.
        byte: u8,
    },
    /// A declared encoding that forelock does not read.
    #[error("the file declares the encoding `{0}`, which forelock does not read; save the file as UTF-8")]
    UnknownEncoding(String),
    /// A file of 4 GiB and more.
    #[error("the file is larger than 4 GiB")]
    TooLarge,
}

#[derive(Clone, Copy)]
enum Encoding {
    Utf8,
    Ascii,
    Latin1,
    Windows1252,
}

/// The text of a Python source file, without its byte order mark.
///
/// # Errors
/// When the bytes are not what the file declares, or UTF-8 where it declares nothing.
pub fn decode(bytes: Vec<u8>) -> Result<String, DecodeError> {
    if u32::try_from(bytes.len()).is_err() {
        return Err(DecodeError::TooLarge);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return utf8(rest.to_vec());
    }
    match declared_encoding(&bytes)? {
        Encoding::Utf8 => utf8(bytes),
        Encoding::Ascii => match bytes.iter().position(|byte| !byte.is_ascii()) {
            Some(at) => Err(invalid(&bytes, at, "ASCII")),
            None => utf8(bytes),
        },
        Encoding::Latin1 => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Encoding::Windows1252 => windows_1252(&bytes),
    }
}

fn utf8(bytes: Vec<u8>) -> Result<String, DecodeError> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        invalid(error.as_bytes(), at, "UTF-8")
    })
}

fn invalid(bytes: &[u8], at: usize, encoding: &'static str) -> DecodeError {
    DecodeError::Invalid {
        line: bytes[..at].split(|byte| *byte == b'\n').count(),
        encoding,
        byte: bytes[at],
    }
}

/// The encoding named by a comment in the first two lines.
fn declared_encoding(bytes: &[u8]) -> Result<Encoding, DecodeError> {
    for line in bytes.split(|byte| *byte == b'\n').take(2) {
        let line = line.trim_ascii();
        if !line.starts_with(b"#") {
            // The cookie may stand in the second line only behind another comment or an empty line.
            if line.is_empty() {
                continue;
            }
            break;
        }
        if let Some(name) = cookie(line) {
            return by_name(&name);
        }
    }
    Ok(Encoding::Utf8)
}

/// The name in `coding[:=]\s*([-\w.]+)`.
fn cookie(line: &[u8]) -> Option<String> {
    let at = line.windows(6).position(|window| window == b"coding")?;
    let rest = &line[at + 6..];
    let rest = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"="))?;
    let name = rest.trim_ascii_start().iter();
    let name = name.take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
    Some(name.map(|byte| char::from(byte.to_ascii_lowercase())).collect())
}

fn by_name(name: &str) -> Result<Encoding, DecodeError> {
    match name.replace('_', "-").as_str() {
        "utf-8" | "utf8" | "utf-8-sig" | "u8" | "utf" => Ok(Encoding::Utf8),
        "ascii" | "us-ascii" | "646" => Ok(Encoding::Ascii),
        "latin-1" | "latin1" | "iso-8859-1" | "iso8859-1" | "l1" | "8859" | "cp819" => Ok(Encoding::Latin1),
        "cp1252" | "windows-1252" | "1252" => Ok(Encoding::Windows1252),
        _ => Err(DecodeError::UnknownEncoding(name.to_owned())),
    }
}

fn windows_1252(bytes: &[u8]) -> Result<String, DecodeError> {
    // 0x80 to 0x9f, the only place where it differs from Latin-1; five bytes mean nothing.
    const HIGH: &str = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";
    let high: Vec<char> = HIGH.chars().collect();
    let mut text = String::with_capacity(bytes.len());
    for (at, byte) in bytes.iter().enumerate() {
        let character = match byte {
            0x80..=0x9f => high[usize::from(byte - 0x80)],
            _ => char::from(*byte),
        };
        if character == '\0' && *byte != 0 {
            return Err(invalid(bytes, at, "Windows-1252"));
        }
        text.push(character);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::{DecodeError, decode};

    #[test]
    fn a_byte_order_mark_is_no_part_of_the_text() {
        assert_eq!(decode(b"\xef\xbb\xbfx = 1\n".to_vec()).as_deref(), Ok("x = 1\n"));
    }

    #[test]
    fn a_declared_encoding_is_honoured() {
        let latin = b"# -*- coding: iso-8859-1 -*-\nx = '\xe4'\n".to_vec();
        assert!(decode(latin).is_ok_and(|text| text.contains('ä')));
        let windows = b"# vim: set fileencoding=cp1252 :\nx = '\x80'\n".to_vec();
        assert!(decode(windows).is_ok_and(|text| text.contains('€')));
    }

    #[test]
    fn a_bad_byte_is_named_with_its_line() {
        let error = decode(b"x = 1\ny = '\xe4'\n".to_vec());
        assert!(matches!(
            error,
            Err(DecodeError::Invalid {
                line: 2,
                byte: 0xe4,
                ..
            })
        ));
    }
}
