/** The tag manager's template: its sections are what the gallery reads, and its code does what it says with the sandbox's API. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const text = readFileSync("www/tools/gtm/template.tpl", "utf8");
const sections = new Map<string, string>();
for (const [, name, body] of text.matchAll(/^___([A-Z_]+)___\n([\s\S]*?)(?=^___|(?![\s\S]))/gm)) sections.set(name!, body!.trim());

const CODE = sections.get("SANDBOXED_JS_FOR_WEB_TEMPLATE")!;
const json = (name: string) => JSON.parse(sections.get(name)!);
const parameters = json("TEMPLATE_PARAMETERS").flatMap((group: any) => group.subParams);

/** What a list of the permissions' own form says, by its first column. */
const rows = (value: any) =>
  value.listItem.map((row: any) => Object.fromEntries(row.mapKey.map((key: any, at: number) => [key.string, row.mapValue[at].string ?? row.mapValue[at].boolean])));
const permissions: Record<string, any> = Object.fromEntries(
  json("WEB_PERMISSIONS").map(({ instance }: any) => [instance.key.publicId, Object.fromEntries(instance.param.map((param: any) => [param.key, param.value]))]),
);

/** The sandbox of one page: refuses what the template has no permission for. */
class Sandbox {
  heard: [string, any][] = [];
  consentry: any;
  private store = new Map<string, unknown>();
  data: Record<string, unknown> = {
    ...Object.fromEntries(parameters.map((field: any) => [field.name, field.defaultValue])),
    gtmOnSuccess: () => this.heard.push(["success", null]),
  };

  private at(path: string, right: string): any {
    const key = rows(permissions.access_globals.keys).find((row: any) => row.key == path);
    assert.ok(key?.[right], `${right} ${path}`);
    return path.split(".").reduce((owner: any, name) => owner?.[name], { consentry: this.consentry });
  }
  private consent(name: string, states: Record<string, unknown>) {
    const types = rows(permissions.access_consent.consentTypes).filter((row: any) => row.write).map((row: any) => row.consentType);
    assert.deepEqual(Object.keys(states).filter((type) => type != "wait_for_update").sort(), types.sort());
    this.heard.push([name, { ...states }]);
  }

  fire(event: string): this {
    const keys = (permission: string) => permissions[permission].keyPatterns.listItem.map((item: any) => item.string);
    const api: Record<string, unknown> = {
      callInWindow: (path: string, ...args: unknown[]) => this.at(path, "execute")?.(...args),
      copyFromWindow: (path: string) => this.at(path, "read"),
      copyFromDataLayer: (key: string) => (assert.ok(keys("read_data_layer").includes(key)), event),
      gtagSet: (values: object) => (assert.deepEqual(Object.keys(values), keys("write_data_layer")), this.heard.push(["set", values])),
      JSON,
      makeNumber: Number,
      setDefaultConsentState: (states: any) => this.consent("default", states),
      updateConsentState: (states: any) => this.consent("update", states),
      templateStorage: permissions.access_template_storage && {
        getItem: (key: string) => this.store.get(key) ?? null,
        setItem: (key: string, value: unknown) => this.store.set(key, value),
      },
    };
    const require = (name: string) => (assert.ok(api[name], `no API ${name}`), api[name]);
    // Nothing of the page or of JavaScript's own library is there, as in the sandbox.
    const names = ["window", "document", "globalThis", "Object", "Array", "Map", "Promise", "setTimeout", "fetch"];
    new Function("require", "data", ...names, `"use strict";${CODE}`)(require, this.data);
    return this;
  }
  said(name: string) {
    return this.heard.filter(([what]) => what == name).map(([, states]) => states);
  }
}

/** `window.consentry` of a page. */
const consentry = (grants: Record<string, boolean>) => {
  const listeners: ((grants: object) => void)[] = [];
  return {
    get: () => grants,
    on: (name: string, fn: (grants: object) => void) => name == "change" && listeners.push(fn),
    decide: (changed: Record<string, boolean>) => listeners.forEach((fn) => fn(Object.assign(grants, changed))),
    listeners,
  };
};
const denied = { ad_storage: "denied", ad_user_data: "denied", ad_personalization: "denied", analytics_storage: "denied", functionality_storage: "denied", personalization_storage: "denied", security_storage: "granted" };
const functional = { ...denied, functionality_storage: "granted", personalization_storage: "granted" };
const nothing = () => ({ required: true, functional: false, advertising: false });

test("template_has_every_section_and_its_json_parses", () => {
  assert.deepEqual([...sections.keys()], ["TERMS_OF_SERVICE", "INFO", "TEMPLATE_PARAMETERS", "SANDBOXED_JS_FOR_WEB_TEMPLATE", "WEB_PERMISSIONS", "TESTS", "NOTES"]);
  assert.equal(json("INFO").type, "TAG");
  assert.deepEqual(json("INFO").containerContexts, ["WEB"]);
  assert.match(sections.get("TERMS_OF_SERVICE")!, /Community\s+Template Gallery Developer Terms of Service/);
  for (const field of parameters) for (const rule of field.valueValidators ?? []) if (rule.type == "REGEX") assert.match(field.defaultValue, new RegExp(rule.args[0]));
});

test("template_code_keeps_to_the_sandboxs_language_and_asks_for_no_more_than_it_uses", () => {
  assert.doesNotMatch(CODE, /\b(new|this|class|function|async|await|try|throw|var|window|document|eval)\b/);
  const used = [...CODE.matchAll(/require\('(\w+)'\)/g)].map(([, name]) => name);
  assert.equal(new Set(used).size, used.length);
  for (const { key } of rows(permissions.access_globals.keys)) assert.ok(CODE.includes(`'${key}'`), key);
});

test("template_before_the_gate_denies_and_updates_once_it_is_there", () => {
  const page = new Sandbox().fire("gtm.init_consent");
  assert.deepEqual(page.said("default"), [{ ...denied, wait_for_update: 500 }]);
  assert.deepEqual(page.said("set"), [{ ads_data_redaction: true, url_passthrough: false }]);
  assert.deepEqual(page.said("update"), []);
  page.consentry = consentry({ ...nothing(), functional: true });
  page.fire("gtm.dom").fire("gtm.load");
  assert.deepEqual(page.said("update"), [functional]);
  assert.equal(page.said("default").length, 1);
  assert.equal(page.consentry.listeners.length, 1);
  assert.equal(page.said("success").length, 3);
});

test("template_after_the_gate_says_each_change_once", () => {
  const page = new Sandbox();
  page.consentry = consentry(nothing());
  page.fire("gtm.init_consent").fire("gtm.dom");
  assert.deepEqual(page.said("update"), [], "what the default said is not said again");
  page.consentry.decide({ functional: true });
  page.consentry.decide({ functional: true });
  page.consentry.decide({ functional: false });
  assert.deepEqual(page.said("update"), [functional, denied]);
});

test("template_with_a_category_the_policy_lacks_denies_its_type", () => {
  const page = new Sandbox();
  page.data.analytics_storage = "analytics";
  page.consentry = consentry({ required: true, functional: true, advertising: true });
  page.fire("gtm.init_consent");
  assert.equal(page.said("update")[0].analytics_storage, "denied");
  assert.equal(page.said("update")[0].ad_storage, "granted");
});
