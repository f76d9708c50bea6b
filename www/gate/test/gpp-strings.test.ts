/** The strings that Rust writes, read by IAB Tech Lab's own library: what it finds in them is what was meant. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { GppModel, HeaderV1, HeaderV1Field, UsNatField } from "@iabgpp/cmpapi";

const { cases, config, headers } = JSON.parse(readFileSync("tests/vectors/gpp.json", "utf8"));

/** What the library finds under each of our names. */
const read = (model: GppModel, names: string[]) =>
  Object.fromEntries(names.map((name) => [name, model.getFieldValue("usnat", name)]));

test("gpp_strings_read_in_the_reference_library_as_they_were_meant", () => {
  for (const { name, string, core, gpc } of cases) {
    const model = new GppModel(string);
    assert.deepEqual(model.getSectionIds(), [7], name);
    assert.deepEqual(read(model, Object.keys(core)), core, name);
    assert.equal(model.getFieldValue("usnat", UsNatField.GPC), gpc.Gpc, name);
    assert.equal(model.getFieldValue("usnat", UsNatField.GPC_SEGMENT_TYPE), gpc.SubsectionType, name);
  }
  assert.ok(cases.length >= 20, `${cases.length} cases`);
});

test("gpp_strings_are_what_the_reference_library_writes_for_the_same_fields", () => {
  for (const { name, string, core, gpc } of cases) {
    const model = new GppModel();
    for (const [field, value] of Object.entries(core)) model.setFieldValue("usnat", field, value);
    model.setFieldValue("usnat", UsNatField.GPC, gpc.Gpc);
    assert.equal(model.encode(), string, name);
  }
});

test("gpp_headers_are_those_of_the_reference_library", () => {
  for (const { sections, string } of headers) {
    assert.deepEqual(new HeaderV1(string).getFieldValue(HeaderV1Field.SECTION_IDS), sections);
    const header = new HeaderV1();
    header.setFieldValue(HeaderV1Field.SECTION_IDS, [...sections]);
    assert.equal(header.encode(), string);
  }
  assert.ok(headers.length >= 6, `${headers.length} headers`);
});

test("gpp_config_has_the_strings_of_the_four_kinds_of_visitor", () => {
  for (const [index, string] of config.yes.strings.entries()) {
    const model = new GppModel(string);
    assert.equal(model.getFieldValue("usnat", "SaleOptOut"), index & 1 ? 2 : 1, `strings[${index}]`);
    assert.equal(model.getFieldValue("usnat", "Gpc"), index > 1, `strings[${index}]`);
    assert.deepEqual(read(model, Object.keys(config.yes.core[index & 1])), config.yes.core[index & 1]);
  }
  for (const string of config.no.strings) assert.deepEqual(new GppModel(string).getSectionIds(), []);
});
