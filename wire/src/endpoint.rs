//! One type per route: its method, its path, what goes in and what comes out. The app calls it, the Worker serves it,
//! and the OpenAPI description is made from it, so that the three cannot drift apart.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// The HTTP method of an endpoint. Only [`Method::Post`] changes anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads; the request travels in the query.
    Get,
    /// Changes; the request travels as a JSON body.
    Post,
}

/// A route of the API.
pub trait Endpoint {
    /// The HTTP method.
    const METHOD: Method;
    /// The path, without parameters: ids travel in the query or in the body.
    const PATH: &'static str;
    /// One line on what it is for; the summary in the OpenAPI description.
    const ABOUT: &'static str;
    /// What goes in.
    type Request: Serialize + DeserializeOwned;
    /// What comes out when it went well; otherwise a [`crate::Problem`] comes.
    type Reply: Serialize + DeserializeOwned;
}

/// A request or reply that says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Empty {}

/// Declares endpoints as unit structs.
macro_rules! endpoints {
    ($($(#[$doc:meta])* $name:ident: $method:ident $path:literal, $about:literal, $request:ty => $reply:ty;)*) => {$(
        $(#[$doc])*
        #[doc = $about]
        pub struct $name;

        impl $crate::Endpoint for $name {
            const METHOD: $crate::Method = $crate::Method::$method;
            const PATH: &'static str = $path;
            const ABOUT: &'static str = $about;
            type Request = $request;
            type Reply = $reply;
        }
    )*};
}
pub(crate) use endpoints;
