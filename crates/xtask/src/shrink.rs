//! What wasm-bindgen leaves on the table: exports that nothing calls, and names only machines read. A fifth of the banner.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use walrus::{ModuleConfig, passes};

use crate::shell::write_if_changed;

/// Old names and the short ones in their place, for what goes in and what comes out.
#[derive(Default)]
struct Names {
    imports: HashMap<String, String>,
    exports: HashMap<String, String>,
}

/// Takes away exports that the bundled glue does not mention, with everything only they needed, and shortens the names of
/// the rest, in the module and in the glue (`index.js`, `index_bg.wasm` in this folder).
///
/// `bundled` is the glue after tree shaking. Leptos always brings `server_fn` and that the classes of `wasm-streams`, which
/// the banner has no use for: without this they stay, because whatever is exported counts as used.
pub fn shrink(folder: &Path, bundled: &str) -> Result<()> {
    let (glue, module) = (folder.join("index.js"), folder.join("index_bg.wasm"));
    let bytes = std::fs::read(&module).with_context(|| format!("cannot read {}", module.display()))?;
    let mut config = ModuleConfig::new();
    config.generate_name_section(false).generate_producers_section(false);
    let mut parsed = config.parse(&bytes).map_err(|error| anyhow!("walrus: {error:#}"))?;

    let mentioned = words(bundled).map(|(_, word)| (word, ())).collect::<BTreeMap<_, _>>();
    let unused: Vec<_> =
        parsed.exports.iter().filter(|export| !mentioned.contains_key(export.name.as_str())).collect();
    let unused: Vec<_> = unused.into_iter().map(|export| export.id()).collect();
    unused.into_iter().for_each(|id| parsed.exports.delete(id));
    passes::gc::run(&mut parsed);

    let mut names = Names::default();
    for (index, import) in parsed.imports.iter_mut().enumerate() {
        names.imports.insert(std::mem::replace(&mut import.name, short(index)), short(index));
        import.module = "a".into();
    }
    for (index, export) in parsed.exports.iter_mut().enumerate() {
        names.exports.insert(std::mem::replace(&mut export.name, short(index)), short(index));
    }
    write_if_changed(&module, &parsed.emit_wasm())?;
    let text = std::fs::read_to_string(&glue).with_context(|| format!("cannot read {}", glue.display()))?;
    write_if_changed(&glue, rename(&text, &names).as_bytes()).map(|_| ())
}

/// The glue with the new names: members of `wasm` are exports; the other generated names end in a hash and are imports.
fn rename(glue: &str, names: &Names) -> String {
    let mut out = String::with_capacity(glue.len());
    let mut copied = 0;
    for (at, word) in words(glue) {
        let map = if glue.get(..at).is_some_and(|before| before.ends_with("wasm.")) {
            &names.exports
        } else {
            &names.imports
        };
        if let Some(new) = map.get(word) {
            out += glue.get(copied..at).unwrap_or_default();
            out += new;
            copied = at + word.len();
        }
    }
    out += glue.get(copied..).unwrap_or_default();
    out.replace("\"./index_bg.js\"", "\"a\"")
}

/// Every identifier with its position.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let part = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '$');
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(part)?;
        let rest = text.get(start..)?;
        let word = rest.get(..rest.find(|character| !part(character)).unwrap_or(rest.len()))?;
        at = start + word.len();
        Some((start, word))
    })
}

/// The identifier with this number: `a`, `b`, … `Z`, `aa`, …
fn short(mut index: usize) -> String {
    const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    let mut name = String::new();
    loop {
        let letter = LETTERS.get(index % LETTERS.len()).copied().unwrap_or(b'_');
        name.insert(0, char::from(letter));
        if index < LETTERS.len() {
            return name;
        }
        index = index / LETTERS.len() - 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_all_different() {
        let names: std::collections::HashSet<_> = (0..5_000).map(short).collect();
        assert_eq!(names.len(), 5_000);
        assert_eq!((short(0), short(51), short(52)), ("a".into(), "Z".into(), "aa".into()));
    }

    #[test]
    fn rename_touches_exports_as_members_and_imports_anywhere() {
        let names = Names {
            imports: HashMap::from([("__wbg_log_1f".into(), "a".into())]),
            exports: HashMap::from([("start".into(), "b".into()), ("memory".into(), "c".into())]),
        };
        let glue = "export function start() { wasm.start(wasm.memory.buffer, memory) }\n  __wbg_log_1f: function() {}, \"./index_bg.js\"";
        let new = "export function start() { wasm.b(wasm.c.buffer, memory) }\n  a: function() {}, \"a\"";
        assert_eq!(rename(glue, &names), new);
    }
}
