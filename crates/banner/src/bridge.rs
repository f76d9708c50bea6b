//! What the gate hands the banner. The gate decides, stores and activates; the banner shows, asks and records.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The gate's side of the work; documented in `www/gate/src/bridge.ts`.
    pub type Bridge;

    /// The `GatePayload`.
    #[wasm_bindgen(method, getter)]
    pub fn payload(this: &Bridge) -> JsValue;

    /// Absolute URL of the edge's prefix, without a slash at the end.
    #[wasm_bindgen(method, getter)]
    pub fn base(this: &Bridge) -> String;

    /// The choice cookie's value.
    #[wasm_bindgen(method)]
    pub fn choice(this: &Bridge) -> Option<String>;

    /// The DOM's signals, `gpc,dnt` in the words of a record.
    #[wasm_bindgen(method)]
    pub fn signals(this: &Bridge) -> String;

    /// Whether a signal is in force.
    #[wasm_bindgen(method, js_name = signalOn)]
    pub fn signal_on(this: &Bridge) -> bool;

    /// Categories granted now, as bits.
    #[wasm_bindgen(method)]
    pub fn grants(this: &Bridge) -> u8;

    /// Whether the first layer is to be shown.
    #[wasm_bindgen(method)]
    pub fn ask(this: &Bridge) -> bool;

    /// Applies and stores a decision; returns the cookie's value.
    #[wasm_bindgen(method)]
    pub fn decide(this: &Bridge, action: char, source: char, grants: u8, denied_services: Vec<u32>)
    -> String;

    /// The log has acknowledged this record.
    #[wasm_bindgen(method)]
    pub fn recorded(this: &Bridge, record: &str);

    /// Called after any change of the choice.
    #[wasm_bindgen(method)]
    pub fn onchange(this: &Bridge, then: &JsValue);

    /// Called when the preferences are to be opened.
    #[wasm_bindgen(method)]
    pub fn onopen(this: &Bridge, then: &JsValue);

    /// From now on clicks inside the root are the banner's.
    #[wasm_bindgen(method)]
    pub fn hydrated(this: &Bridge);
}
