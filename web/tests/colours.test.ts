import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const SOURCES = join(import.meta.dirname, "..", "src");
const HOMES = ["colours.css", "people-colours.ts"];

it("colours are named in one file, and people's in another", () => {
  const files = readdirSync(SOURCES, { recursive: true, encoding: "utf8" }).filter((name) => /\.(css|tsx?)$/.test(name));
  const found = files.filter((name) => !HOMES.some((home) => name.endsWith(home))).filter((name) => {
    const text = readFileSync(join(SOURCES, name), "utf8");
    const colour = name.endsWith(".css") ? /#[0-9a-f]{3,8}\b|\b(rgba?|hsla?|oklch)\(/i : /["'`]#[0-9a-f]{3,8}["'`]|\b(rgba?|hsla?|oklch)\(/i;
    return colour.test(text);
  });
  expect(found).toEqual([]);
});
