import { expect, it } from "vitest";
import { keyName } from "../src/use-shortcuts";

const pressed = (key: string, more: Partial<Parameters<typeof keyName>[0]> = {}) =>
  keyName({ key, code: "", shiftKey: false, ctrlKey: false, metaKey: false, getModifierState: () => false, ...more });

it("a key has its own name, with Ctrl or Cmd in front", () => {
  expect([pressed("n"), pressed("?", { shiftKey: true }), pressed("Escape"), pressed("ArrowDown")]).toEqual(["n", "?", "Escape", "ArrowDown"]);
  expect([pressed("z", { ctrlKey: true }), pressed("Z", { metaKey: true, shiftKey: true })]).toEqual(["ctrl+z", "ctrl+Z"]);
});

it("the lock of capitals makes no other key of a letter", () => {
  expect([pressed("X"), pressed("x", { shiftKey: true }), pressed("X", { shiftKey: true })]).toEqual(["x", "X", "X"]);
});

it("on a keyboard of another script a letter is the one of its place", () => {
  expect([pressed("п", { code: "KeyG" }), pressed("Ч", { code: "KeyX", shiftKey: true }), pressed("я", { code: "KeyZ", ctrlKey: true })]).toEqual(["g", "X", "ctrl+z"]);
  expect([pressed("ж", { code: "Semicolon" }), pressed("a", { code: "KeyQ" })]).toEqual(["ж", "a"]);
});

it("a letter that is written with AltGr is no key of the page", () => {
  expect(pressed("ł", { code: "KeyL", getModifierState: (name) => name === "AltGraph" })).toBe("");
});
