//! Reads replies: the browser parses the JSON, and what it made is read in the order of our own types.
//!
//! A deserializer like any other, but one that compiles to little for each type: it never compares the names of fields,
//! and says of what it cannot read only that it cannot.

use std::fmt;

use js_sys::{Array, JSON, Object, Reflect};
use serde::{
    Deserializer,
    de::{
        self, DeserializeOwned, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
        value::{StringDeserializer, U32Deserializer},
    },
    forward_to_deserialize_any,
};
use wasm_bindgen::{JsCast, JsValue};

/// Largest whole number that a float holds without a neighbour: 2^53 - 1.
const INTEGER_MAX: f64 = 9_007_199_254_740_991.0;

/// What a text says, if it is such a value.
pub fn parse<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(Value(parsed(text)?)).ok()
}

fn parsed(text: &str) -> Option<JsValue> {
    JSON::parse(text).ok()
}

/// What could not be read.
#[derive(Debug)]
struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Unreadable
    }
}

/// A value that the browser has parsed.
struct Value(JsValue);

impl Value {
    fn is_nothing(&self) -> bool {
        self.0.is_null() || self.0.is_undefined()
    }

    fn string(&self) -> Result<String, Unreadable> {
        self.0.as_string().ok_or(Unreadable)
    }

    fn integer(&self) -> Result<i64, Unreadable> {
        let number = self.0.as_f64().ok_or(Unreadable)?;
        #[expect(clippy::cast_possible_truncation, reason = "it is whole and in bounds")]
        if number.trunc() == number && number.abs() <= INTEGER_MAX {
            Ok(number as i64)
        } else {
            Err(Unreadable)
        }
    }

    fn list(self) -> Result<List, Unreadable> {
        let values = self.0.dyn_into::<Array>().map_err(|_| Unreadable)?;
        Ok(List { values, next: 0 })
    }

    fn entries(self) -> Result<Entries, Unreadable> {
        let object = self.0.dyn_into::<Object>().map_err(|_| Unreadable)?;
        Ok(Entries { keys: Object::keys(&object), next: 0, object })
    }

    /// A variant is its name, or an object with its name and what it holds.
    fn variant(self, variants: &'static [&'static str]) -> Result<Variant, Unreadable> {
        let (name, holds) = match self.0.as_string() {
            Some(name) => (name, JsValue::UNDEFINED),
            None => {
                let entries = self.entries()?;
                let name = entries.key();
                let holds = Reflect::get(&entries.object, &name).map_err(|_| Unreadable)?;
                (name.as_string().ok_or(Unreadable)?, holds)
            }
        };
        // One that is not there is the number that none has.
        let place = variants.iter().position(|variant| *variant == name);
        let place = place.and_then(|place| u32::try_from(place).ok()).unwrap_or(u32::MAX);
        Ok(Variant { place, holds: Value(holds) })
    }
}

impl<'de> Deserializer<'de> for Value {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.is_nothing() {
            visitor.visit_unit()
        } else if let Some(truth) = self.0.as_bool() {
            visitor.visit_bool(truth)
        } else if let Ok(integer) = self.integer() {
            visitor.visit_i64(integer)
        } else if let Ok(string) = self.string() {
            visitor.visit_string(string)
        } else if Array::is_array(&self.0) {
            visitor.visit_seq(self.list()?)
        } else {
            visitor.visit_map(self.entries()?)
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_bool(self.0.as_bool().ok_or(Unreadable)?)
    }

    fn deserialize_i64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_i64(self.integer()?)
    }

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u16<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_i64(visitor)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_string(self.string()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.is_nothing() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_seq(self.list()?)
    }

    /// The fields in the order of the type, which is cheaper to read than names.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        if !self.0.is_object() {
            return Err(Unreadable);
        }
        visitor.visit_seq(Fields { object: self.0, names: fields.iter() })
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(self.variant(variants)?)
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct map identifier ignored_any
    }
}

struct Variant {
    place: u32,
    holds: Value,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Unreadable;
    type Variant = Value;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Value), Unreadable> {
        Ok((seed.deserialize(U32Deserializer::new(self.place))?, self.holds))
    }
}

impl<'de> VariantAccess<'de> for Value {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Unreadable> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Unreadable> {
        Err(Unreadable)
    }
}

struct Fields {
    object: JsValue,
    names: std::slice::Iter<'static, &'static str>,
}

impl Fields {
    fn next(&mut self) -> Option<JsValue> {
        Reflect::get(&self.object, &JsValue::from_str(self.names.next()?)).ok()
    }
}

impl<'de> SeqAccess<'de> for Fields {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        let Some(value) = self.next() else { return Ok(None) };
        let missing = value.is_undefined();
        match seed.deserialize(Value(value)) {
            // Then the type's default stands in, if it has one.
            Err(Unreadable) if missing => Ok(None),
            read => read.map(Some),
        }
    }
}

struct List {
    values: Array,
    next: u32,
}

impl List {
    fn next(&mut self) -> Option<JsValue> {
        let place = self.next;
        self.next += 1;
        (place < self.values.length()).then(|| self.values.get(place))
    }
}

impl<'de> SeqAccess<'de> for List {
    type Error = Unreadable;

    fn next_element_seed<S: DeserializeSeed<'de>>(
        &mut self,
        seed: S,
    ) -> Result<Option<S::Value>, Unreadable> {
        self.next().map(|value| seed.deserialize(Value(value))).transpose()
    }
}

struct Entries {
    object: Object,
    keys: Array,
    next: u32,
}

impl Entries {
    fn key(&self) -> JsValue {
        self.keys.get(self.next)
    }
}

impl<'de> MapAccess<'de> for Entries {
    type Error = Unreadable;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Unreadable> {
        let key = self.key().as_string();
        key.map(|key| seed.deserialize(StringDeserializer::new(key))).transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Unreadable> {
        let value = Reflect::get(&self.object, &self.key()).map_err(|_| Unreadable)?;
        self.next += 1;
        seed.deserialize(Value(value))
    }
}
