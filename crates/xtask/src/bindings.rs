//! The test that `wrangler.toml`, the workerd config and the Worker's own names agree, so that no deployment fails on a name.

#[path = "../../edge/src/bindings.rs"]
mod names;

use std::collections::BTreeSet;

use toml::Value;

/// Binding names, the object's class, and the compatibility date.
#[derive(Debug, PartialEq, Eq)]
struct Config {
    bindings: BTreeSet<String>,
    class: String,
    date: String,
}

fn of_the_worker(date: &str) -> Config {
    // A name that is missing here is an unused constant, which the lints refuse.
    let bindings = [
        names::SITES,
        names::ASSETS,
        names::OPERATOR_TOKEN,
        names::LOG_KEY,
        names::LOG_ORIGIN,
        names::PREFIX,
        names::JURISDICTION,
        names::SITE,
        names::RATE,
    ];
    Config {
        bindings: bindings.map(String::from).into(),
        class: names::SITE_OBJECT.into(),
        date: date.into(),
    }
}

fn of_wrangler(text: &str) -> Config {
    let config: toml::Table = text.parse().expect("TOML");
    let get =
        |path: &[&str]| path.iter().try_fold(&Value::Table(config.clone()), |at, key| at.get(key)).cloned();
    let text =
        |value: Option<Value>| value.and_then(|value| Some(value.as_str()?.to_owned())).expect("a string");
    let objects = get(&["durable_objects", "bindings"]).expect("objects");
    let object = objects.get(0).expect("one object").clone();
    let secrets = get(&["secrets", "required"]).expect("secrets");
    let mut bindings = BTreeSet::from([text(object.get("name").cloned()), text(get(&["assets", "binding"]))]);
    bindings.extend(secrets.as_array().expect("a list").iter().map(|name| text(Some(name.clone()))));
    bindings.extend(get(&["vars"]).expect("variables").as_table().expect("a table").keys().cloned());
    let class = text(object.get("class_name").cloned());
    let migrated =
        get(&["migrations"]).and_then(|all| all.get(0)?.get("new_sqlite_classes")?.get(0).cloned());
    assert_eq!(text(migrated), class, "the class is created with SQLite storage");
    Config { bindings, class, date: text(get(&["compatibility_date"])) }
}

/// Cap'n Proto text is not worth a parser here: one binding a line, and comments start a line.
fn of_workerd(text: &str) -> Config {
    let lines = || text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let after = |line: &str, key: &str| {
        let (_, rest) = line.split_once(&format!("{key} = \""))?;
        rest.split('"').next().map(str::to_owned)
    };
    let list = lines().skip_while(|line| *line != "bindings = [").skip(1).take_while(|line| *line != "],");
    let bindings: BTreeSet<String> = list.filter_map(|line| after(line, "(name")).collect();
    let class = lines().find_map(|line| after(line, "(className")).expect("a class");
    let bound = lines().find_map(|line| after(line, "durableObjectNamespace")).expect("a namespace");
    assert_eq!(bound, class, "the binding points at the class");
    let exposed =
        lines().filter_map(|line| after(line, "fromEnvironment")).all(|name| bindings.contains(&name));
    assert!(exposed, "environment variables are called like their bindings");
    let date = lines().find_map(|line| after(line, "compatibilityDate")).expect("a date");
    Config { bindings, class, date }
}

#[test]
fn bindings_of_wrangler_workerd_and_the_worker_are_the_same() {
    let wrangler = of_wrangler(include_str!("../../../wrangler.toml"));
    let workerd = of_workerd(include_str!("../../edge/workerd.capnp"));
    // A secret that is there only while keys change: workerd binds it when it is set, a deployment is given it by hand.
    let mut always = workerd;
    assert!(always.bindings.remove(names::LOG_KEY_PREVIOUS), "the previous key can be given");
    assert_eq!(wrangler, always);
    assert_eq!(wrangler, of_the_worker(&wrangler.date));
    let shim = include_str!("../../edge/shim.mjs");
    assert!(shim.contains(&format!("export class {} ", names::SITE_OBJECT)), "the shim exports the class");
    assert!(shim.contains(&format!("env.{}.getByName(", names::SITES)), "the shim asks the same objects");
}
