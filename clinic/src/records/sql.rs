//! The little of SQL that the records need, so that the same text runs on the object's storage and on the host's SQLite.

use std::fmt;

/// A value that is bound to a statement or read from a row. Integers stay below 2^53: the platform carries them as floats.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// NULL
    Null,
    /// INTEGER
    Integer(i64),
    /// TEXT
    Text(String),
    /// BLOB
    Blob(Vec<u8>),
}

/// The storage failed, or a row was not what the schema says. The text is for the operator's log and holds no bound value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlError(pub String);

impl fmt::Display for SqlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for SqlError {}

/// Runs statements. Each call is one statement; parameters are written `?1`, `?2`, ….
pub trait Sql {
    /// Runs a statement and gives every row back.
    fn query(&self, statement: &str, values: &[Value]) -> Result<Vec<Row>, SqlError>;

    /// Runs a statement whose rows nobody wants.
    fn run(&self, statement: &str, values: &[Value]) -> Result<(), SqlError> {
        self.query(statement, values).map(drop)
    }
}

/// Storage with real transactions.
pub trait Store: Sql {
    /// Runs `body` in one transaction, which is rolled back when `body` fails or panics.
    fn transaction(&self, body: &mut dyn FnMut() -> Result<(), SqlError>) -> Result<(), SqlError>;
}

/// A row, read column by column from the left.
#[derive(Debug)]
pub struct Row(std::vec::IntoIter<Value>);

impl Row {
    /// A row of these values.
    pub fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// The columns that have not been read.
    pub fn into_values(self) -> Vec<Value> {
        self.0.collect()
    }

    /// Reads the next column.
    pub fn take<T: FromValue>(&mut self) -> Result<T, SqlError> {
        let value = self.0.next().ok_or_else(|| SqlError("a row has too few columns".into()))?;
        T::from_value(value)
    }
}

/// What a column can be read as.
pub trait FromValue: Sized {
    /// Reads the value, or says that the row is not what the schema says.
    fn from_value(value: Value) -> Result<Self, SqlError>;
}

fn mismatch(wanted: &str) -> SqlError {
    SqlError(format!("a column is not {wanted}"))
}

impl FromValue for i64 {
    fn from_value(value: Value) -> Result<Self, SqlError> {
        match value {
            Value::Integer(number) => Ok(number),
            _ => Err(mismatch("an integer")),
        }
    }
}

impl FromValue for u32 {
    fn from_value(value: Value) -> Result<Self, SqlError> {
        u32::try_from(i64::from_value(value)?).map_err(|_| mismatch("a small integer"))
    }
}

impl FromValue for bool {
    fn from_value(value: Value) -> Result<Self, SqlError> {
        Ok(i64::from_value(value)? != 0)
    }
}

impl FromValue for String {
    fn from_value(value: Value) -> Result<Self, SqlError> {
        match value {
            Value::Text(text) => Ok(text),
            _ => Err(mismatch("text")),
        }
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: Value) -> Result<Self, SqlError> {
        match value {
            Value::Blob(bytes) => Ok(bytes),
            _ => Err(mismatch("a blob")),
        }
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Result<Self, SqlError> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Integer(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Value::Integer(i64::from(number))
    }
}

impl From<bool> for Value {
    fn from(yes: bool) -> Self {
        Value::Integer(i64::from(yes))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Value::Blob(bytes.to_vec())
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

/// The bound values of a statement.
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::records::sql::Value::from($value)),*] };
}
pub(crate) use values;

impl From<wire::Timestamp> for Value {
    fn from(moment: wire::Timestamp) -> Self {
        Value::Integer(moment.0)
    }
}

impl FromValue for wire::Timestamp {
    fn from_value(value: Value) -> Result<Self, SqlError> {
        i64::from_value(value).map(wire::Timestamp)
    }
}
