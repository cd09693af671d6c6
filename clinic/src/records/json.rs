//! Records that are kept as JSON, read so that older and newer code understand each other: what is missing is what it is by default,
//! what is not known is passed over.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::sql::SqlError;

/// Reads a record; `default` says what its fields are where nothing is stored.
pub(super) fn read<T: Serialize + DeserializeOwned>(default: &T, text: &str) -> Result<T, SqlError> {
    let fault = |_| SqlError("stored JSON cannot be read".into());
    let (mut known, stored) =
        (serde_json::to_value(default).map_err(fault)?, serde_json::from_str(text).map_err(fault)?);
    if let (Value::Object(known), Value::Object(mut stored)) = (&mut known, stored) {
        for (name, value) in known.iter_mut() {
            *value = stored.remove(name).unwrap_or_else(|| value.take());
        }
    }
    serde_json::from_value(known).map_err(fault)
}

/// Writes a record.
pub(super) fn written(value: &impl Serialize) -> Result<String, SqlError> {
    serde_json::to_string(value).map_err(|_| SqlError("a record cannot be written as JSON".into()))
}

#[cfg(test)]
mod tests {
    use wire::{
        rights::{Right, Rights},
        settings::Policies,
    };

    use super::*;

    #[test]
    fn older_and_newer_code_read_each_others_records() {
        let policies = read(&Policies::default(), r#"{"strikes_max":3,"of_tomorrow":1}"#).unwrap();
        assert_eq!(policies, Policies { strikes_max: 3, ..Policies::default() });
        let policies = Policies { automatic_unlock_minutes: Some(15), ..Policies::default() };
        assert_eq!(read(&Policies::default(), &written(&policies).unwrap()).unwrap(), policies);
        let rights = read(&Rights::default(), r#"{"users":"edit","of_tomorrow":"read"}"#).unwrap();
        assert_eq!(rights, Rights { users: Right::Edit, ..Rights::default() });
        for broken in ["", "{", r#"{"users":"all"}"#] {
            assert!(read(&Rights::default(), broken).is_err(), "{broken}");
        }
    }
}
