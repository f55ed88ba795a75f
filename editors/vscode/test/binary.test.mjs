import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import test from "node:test";
import { find } from "../dist/test/binary.mjs";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "hfscan-vscode-"));
const file = (...parts) => {
  const made = path.join(folder, ...parts);
  fs.mkdirSync(path.dirname(made), { recursive: true });
  fs.writeFileSync(made, "");
  return made;
};
const onPath = file("bin", "hfscan");
const inVenv = file("work", ".venv", "bin", "hfscan");
const configured = file("home", "own");
const env = { PATH: `relative:${path.join(folder, "none")}:${path.dirname(onPath)}`, HOME: path.join(folder, "home") };
const places = { configured: "", folders: [], env, platform: "linux" };

test("the path comes last", () => {
  assert.equal(find(places), onPath);
  assert.equal(find({ ...places, folders: [path.join(folder, "x"), path.join(folder, "work")] }), inVenv);
  assert.equal(find({ ...places, folders: [path.join(folder, "work")], configured }), configured);
});

test("what is configured is taken, or nothing", () => {
  assert.equal(find({ ...places, configured: "~/own" }), configured);
  assert.equal(find({ ...places, configured: "hfscan" }), onPath);
  assert.equal(find({ ...places, configured: path.join(folder, "gone") }), undefined);
});

test("nothing is found where nothing is", () => {
  assert.equal(find({ ...places, env: {} }), undefined);
});
