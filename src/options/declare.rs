//! How options are declared.

/// Implements `FromStr`, `Display` and [`OptionValue`](super::OptionValue) of a type whose associated table `ALL` pairs each
/// value with its word.
macro_rules! named {
    ($type:ty, $what:literal) => {
        impl std::str::FromStr for $type {
            type Err = $crate::Error;

            fn from_str(word: &str) -> $crate::Result<Self> {
                let found = Self::ALL.into_iter().find(|(known, _)| *known == word).map(|(_, value)| value);
                found.ok_or_else(|| $crate::error::one_of($what, word, Self::ALL.into_iter().map(|known| known.0)))
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let word = Self::ALL.into_iter().find(|(_, value)| value == self).map_or("", |(word, _)| word);
                formatter.pad(word)
            }
        }

        impl $crate::options::OptionValue for $type {
            const KIND: $crate::options::Kind = $crate::options::Kind::Word(&{
                let mut words = [""; <$type>::ALL.len()];
                let mut place = 0;
                while place < words.len() {
                    words[place] = <$type>::ALL[place].0;
                    place += 1;
                }
                words
            });

            fn read(value: &$crate::options::Value) -> std::result::Result<Self, String> {
                let known = || format!("one of {}", Self::ALL.map(|(known, _)| known).join(", "));
                match value {
                    $crate::options::Value::Text(word) => word.parse().map_err(|error| match error {
                        $crate::Error::Argument { expected, .. } => expected,
                        _ => known(),
                    }),
                    _ => Err(known()),
                }
            }

            fn write(&self) -> $crate::options::Value {
                $crate::options::Value::Text(self.to_string())
            }
        }
    };
}

/// Declares an enumeration together with its words, `Variant = "word"` for each, which stand in `ALL`. What it is called
/// in messages comes first.
macro_rules! words {
    (
        $what:literal;
        $(#[$meta:meta])*
        $visibility:vis enum $name:ident {
            $($(#[$about:meta])* $variant:ident = $word:literal),+ $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        $visibility enum $name {
            $($(#[$about])* $variant),+
        }

        impl $name {
            /// All of them with their words.
            pub const ALL: [(&'static str, Self); [$($word),+].len()] = [$(($word, Self::$variant)),+];
        }

        $crate::options::named!($name, $what);
    };
}

/// Implements [`OptionValue`](super::OptionValue) of a type that is read from and written as text.
macro_rules! text_option {
    ($type:ty) => {
        impl $crate::options::OptionValue for $type {
            const KIND: $crate::options::Kind = $crate::options::Kind::Text;

            fn read(value: &$crate::options::Value) -> std::result::Result<Self, String> {
                <String as $crate::options::OptionValue>::read(value)?.parse().map_err(|error| match error {
                    $crate::Error::Argument { expected, .. } => expected,
                    error => error.to_string(),
                })
            }

            fn write(&self) -> $crate::options::Value {
                $crate::options::Value::Text(self.to_string())
            }
        }
    };
}

/// Declares a struct of options with its table: `name: Type = "default" in RANGE,` for each, described by its comment.
macro_rules! options {
    (
        $(#[doc = $about:literal])+
        #[table($table:literal)]
        $(#[derive($($derive:path),+)])?
        $visibility:vis struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $type:ty = $default:literal $(in $range:ident)?
            ),* $(,)?
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug)]
        $(#[derive($($derive),+)])?
        $visibility struct $name {
            $($(#[doc = $doc])+ pub $field: $type,)*
        }

        impl $name {
            /// The table of these options.
            pub const TABLE: $crate::options::Table = $crate::options::Table {
                name: $table,
                about: concat!($($about,)+).trim_ascii_start(),
                options: &[$(
                    $crate::options::OptionSpec {
                        name: stringify!($field),
                        kind: <$type as $crate::options::OptionValue>::KIND,
                        default: $default,
                        range: $crate::options::options!(@range $($range)?).words,
                        about: concat!($($doc,)+).trim_ascii_start(),
                        check: |value| {
                            <$type as $crate::options::OptionValue>::read_or_open(value, $default).map(|_| ())
                        },
                    },
                )*],
            };

            /// Reads those of the options that this table has; the others have their defaults.
            ///
            /// # Errors
            /// [`Error::Argument`](crate::Error::Argument) for a value of another type or out of range.
            pub fn read(options: &$crate::options::Options) -> $crate::Result<Self> {
                let _ = options;
                Ok(Self {
                    $($field: options.read(
                        &Self::TABLE,
                        stringify!($field),
                        $crate::options::options!(@range $($range)?),
                    )?,)*
                })
            }

            /// The options as a caller would give them.
            #[allow(dead_code)]
            pub fn write(&self) -> $crate::options::Options {
                #[allow(unused_mut)]
                let mut options = $crate::options::Options::new();
                $(options.set(
                    stringify!($field),
                    $crate::options::OptionValue::write_or_open(&self.$field, $default),
                );)*
                options
            }
        }

        impl Default for $name {
            /// The defaults of the table.
            fn default() -> Self {
                let defaults = Self::read(&$crate::options::Options::new());
                defaults.expect("the defaults of a table are options")
            }
        }
    };
    (@range) => { $crate::options::Range::ANY };
    (@range $range:ident) => { $crate::options::Range::$range };
}

pub(crate) use {named, options, text_option, words};
