#!/bin/sh
# prosemirror-model 1.25.13: a document from JSON that names a node or mark which the schema does not have is refused
# with an error; one that names an attribute which the schema does not have is taken, without it. Node.check() finds
# nothing, as the attribute is gone by then, and toJSON() writes the document without it. So a note that one editor has
# stored with textAlign, or a link with an attribute of its own, loses it when another editor, with fewer extensions,
# opens and stores it. The same with Tiptap 3.34.0 where invalid content is to be an error (enableContentCheck,
# errorOnInvalidContent): it calls check(). Neither manual says it of JSON. Of attributes of the document itself: tiptap
# issue 2460.
#
# Seen: table and highlight are errors; textAlign of a paragraph, and campaign of a link, are gone without one.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund prosemirror-model@1.25.13 @tiptap/core@3.34.0 @tiptap/pm@3.34.0 \
    @tiptap/starter-kit@3.34.0 >/dev/null
cat >dropped.mjs <<'JAVASCRIPT'
import { createNodeFromContent, getSchema } from "@tiptap/core";
import StarterKit from "@tiptap/starter-kit";
import { Node } from "prosemirror-model";

const schema = getSchema([StarterKit]);
const text = (marks) => ({ type: "text", text: "x", marks });
const paragraph = (attrs, marks) => ({ type: "doc", content: [{ type: "paragraph", attrs, content: [text(marks)] }] });
const link = { type: "link", attrs: { href: "https://example.com/", campaign: "autumn" } };
const cases = {
  "node table": { type: "doc", content: [{ type: "table" }] },
  "mark highlight": paragraph({}, [{ type: "highlight" }]),
  "attribute textAlign": paragraph({ textAlign: "center" }, []),
  "attribute campaign": paragraph({}, [link]),
};
const readers = {
  "prosemirror-model, with check()": (json) => {
    const document = Node.fromJSON(schema, json);
    document.check();
    return document;
  },
  "Tiptap, invalid content is an error": (json) => createNodeFromContent(json, schema, { errorOnInvalidContent: true }),
};
function outcome(read, json, name) {
  try {
    return JSON.stringify(read(json)).includes(name) ? "kept" : "dropped";
  } catch {
    return "error";
  }
}
let hasChanged = false;
for (const [reader, read] of Object.entries(readers)) {
  const found = Object.entries(cases).map(([what, json]) => [what, outcome(read, json, what.split(" ")[1])]);
  console.log(`${reader}: ${found.map((pair) => pair.join(" ")).join(", ")}`);
  hasChanged ||= found.map(([, one]) => one).join() !== "error,error,dropped,dropped";
}
if (hasChanged) {
  console.error("the behaviour has changed");
  process.exit(1);
}
JAVASCRIPT
node dropped.mjs
