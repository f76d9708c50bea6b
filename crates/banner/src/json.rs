//! JSON through the browser's own parser: the wire's shapes from and to JavaScript objects.

use consentry_api::light::{Sink, Source};
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::JsValue;

/// An object that came in.
#[derive(Clone)]
pub struct Incoming(pub JsValue);

impl Incoming {
    /// Parses a text; `None` when it is no JSON.
    pub fn parse(text: &str) -> Option<Self> {
        JSON::parse(text).ok().map(Self)
    }

    fn get(&self, key: &str) -> JsValue {
        // Fails only on what is no object, which has no members either.
        Reflect::get(&self.0, &key.into()).unwrap_or_default()
    }
}

impl Source for Incoming {
    fn text(&self, key: &str) -> Option<String> {
        self.get(key).as_string()
    }
    fn number(&self, key: &str) -> Option<f64> {
        self.get(key).as_f64()
    }
    fn flag(&self, key: &str) -> bool {
        self.get(key).is_truthy()
    }
    fn child(&self, key: &str) -> Option<Self> {
        Some(self.get(key)).filter(JsValue::is_object).map(Self)
    }
    fn length(&self) -> u32 {
        self.number("length").unwrap_or_default() as u32
    }
}

/// An object that goes out.
pub struct Outgoing(Object);

impl Outgoing {
    /// An empty one.
    pub fn new() -> Self {
        Self(Object::new())
    }

    /// As JSON.
    pub fn text(&self) -> String {
        JSON::stringify(&self.0).map(String::from).unwrap_or_default()
    }

    fn set(&self, key: &str, value: &JsValue) {
        // Setting a member of a plain object that nothing has frozen cannot fail.
        let _ = Reflect::set(&self.0, &key.into(), value);
    }
}

impl Sink for Outgoing {
    fn text(&mut self, key: &str, value: &str) {
        self.set(key, &value.into());
    }
    fn number(&mut self, key: &str, value: f64) {
        self.set(key, &value.into());
    }
    fn flag(&mut self, key: &str, value: bool) {
        self.set(key, &value.into());
    }
    fn flags(&mut self, key: &str, values: &mut dyn Iterator<Item = (&str, bool)>) {
        let object = Self::new();
        values.for_each(|(id, on)| object.set(id, &on.into()));
        self.set(key, &object.0);
    }
    fn texts(&mut self, key: &str, values: &mut dyn Iterator<Item = &str>) {
        let array = Array::new();
        values.for_each(|value| {
            array.push(&value.into());
        });
        self.set(key, &array);
    }
}
