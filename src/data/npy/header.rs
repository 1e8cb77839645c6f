//! The header of an `.npy` file: a Python dictionary of three entries.

/// What is wrong and what to do about it.
type Refusal = (String, &'static str);

const PLAIN: &str = "save a plain array of floating-point numbers, integers or booleans with numpy.save";

/// How the elements of an array are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::data) enum Element {
    Bool,
    /// Four or eight bytes.
    Float {
        bytes: usize,
        big: bool,
    },
    /// One, two, four or eight bytes.
    Integer {
        bytes: usize,
        signed: bool,
        big: bool,
    },
}

/// What the header says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) element: Element,
    pub(super) fortran: bool,
    pub(super) shape: Vec<usize>,
}

impl Header {
    /// Reads the dictionary, in whatever order and with whatever spaces its entries come.
    ///
    /// Of Python's literals these occur: strings without escapes, `True`, `False`, and tuples of integers.
    pub(super) fn parse(text: &[u8]) -> Result<Self, Refusal> {
        let damaged = || ("the header is not the dictionary that it should be".to_owned(), PLAIN);
        let text = std::str::from_utf8(text).map_err(|_| damaged())?;
        let text = text.trim().strip_prefix('{').and_then(|text| text.strip_suffix('}')).ok_or_else(damaged)?;
        let (mut element, mut fortran, mut shape) = (None, None, None);
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (key, after) = string(rest).ok_or_else(damaged)?;
            let value = after.trim_start().strip_prefix(':').ok_or_else(damaged)?.trim_start();
            rest = match key {
                "descr" if value.starts_with('[') => {
                    return Err(("the elements are records of several fields".into(), PLAIN));
                }
                "descr" if element.is_none() => {
                    let (descr, after) = string(value).ok_or_else(damaged)?;
                    element = Some(Element::parse(descr)?);
                    after
                }
                "fortran_order" if fortran.is_none() => {
                    fortran = Some(value.starts_with("True"));
                    value.strip_prefix("True").or(value.strip_prefix("False")).ok_or_else(damaged)?
                }
                "shape" if shape.is_none() => {
                    let (sizes, after) =
                        value.strip_prefix('(').and_then(|value| value.split_once(')')).ok_or_else(damaged)?;
                    let sizes = sizes.trim();
                    let sizes = sizes.strip_suffix(',').unwrap_or(sizes);
                    let sizes = if sizes.is_empty() { Vec::new() } else { sizes.split(',').collect() };
                    // Python 2 wrote long integers with an L.
                    let size = |size: &str| size.trim().trim_end_matches('L').parse::<usize>().ok();
                    shape = Some(sizes.into_iter().map(size).collect::<Option<Vec<usize>>>().ok_or_else(damaged)?);
                    after
                }
                _ => return Err(damaged()),
            }
            .trim_start();
            rest = match rest.strip_prefix(',') {
                Some(after) => after.trim_start(),
                None if rest.is_empty() => rest,
                None => return Err(damaged()),
            };
        }
        match (element, fortran, shape) {
            (Some(element), Some(fortran), Some(shape)) => Ok(Self { element, fortran, shape }),
            _ => Err(damaged()),
        }
    }
}

impl Element {
    fn parse(descr: &str) -> Result<Self, Refusal> {
        let other = || (format!("the elements are of the type {descr:?}"), PLAIN);
        let mut letters = descr.chars();
        let big = match letters.next() {
            Some('>') => true,
            Some('<' | '|') => false,
            _ => return Err(other()),
        };
        let bytes = |digit: &u8| usize::from(digit - b'0');
        match letters.as_str().as_bytes() {
            b"b1" => Ok(Self::Bool),
            [b'f', digit @ (b'4' | b'8')] => Ok(Self::Float { bytes: bytes(digit), big }),
            [kind @ (b'i' | b'u'), digit @ (b'1' | b'2' | b'4' | b'8')] => {
                Ok(Self::Integer { bytes: bytes(digit), signed: *kind == b'i', big })
            }
            _ => Err(other()),
        }
    }
}

/// A string in single or double quotes, and what follows it.
fn string(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    text[1..].split_once(quote)
}

/// The beginning of a file of `f4` or `f8`, by the size of an element, up to its first element.
pub(super) fn write(size: usize, rows: usize, columns: usize) -> Vec<u8> {
    let mut text = format!("{{'descr': '<f{size}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    // Elements begin at a multiple of 64 bytes, after ten bytes before the text and a line end.
    while !(text.len() + 11).is_multiple_of(64) {
        text.push(' ');
    }
    text.push('\n');
    // The longest text, with two sizes of twenty digits, has 118 bytes.
    let mut bytes = [super::MAGIC, &[1, 0, text.len() as u8, 0]].concat();
    bytes.extend_from_slice(text.as_bytes());
    bytes
}
