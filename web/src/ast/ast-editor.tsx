// A small editor: paragraphs, lists, bold and links.

import { baseKeymap, toggleMark } from "prosemirror-commands";
import { history, redo, undo } from "prosemirror-history";
import { keymap } from "prosemirror-keymap";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { EditorState, type Command } from "prosemirror-state";
import { EditorView } from "prosemirror-view";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Icon, type IconName } from "../components/icon";
import type { Json } from "../types.gen";
import { astOf, editableDocument, mentionText, schema, textDocument } from "./ast-schema";
import { safeHref, type NameOf } from "./ast-tree";
import { AstView } from "./ast-view";

interface Props {
  ast: Json;
  onChange: (ast: Json) => void;
  labelledBy: string;
  nameOf: NameOf;
}

const { bold, link } = schema.marks;
const { bulletList, orderedList, listItem } = schema.nodes;
const KEYS = {
  "Mod-z": undo,
  "Mod-y": redo,
  "Shift-Mod-z": redo,
  "Mod-b": toggleMark(bold),
  Enter: splitListItem(listItem),
  "Mod-]": sinkListItem(listItem),
  "Mod-[": liftListItem(listItem),
};

export function AstEditor({ ast, onChange, labelledBy, nameOf }: Props) {
  const [document, setDocument] = useState(() => editableDocument(ast));
  const holder = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const changed = useEffectEvent(onChange);
  const named = useEffectEvent(nameOf);
  const [address, setAddress] = useState<string | null>(null);
  const [isBad, setIsBad] = useState(false);
  const [marks, setMarks] = useState({ bold: false, link: false });

  useEffect(() => {
    if (!holder.current || !document) return;
    const state = EditorState.create({ doc: document, plugins: [history(), keymap(KEYS), keymap(baseKeymap)] });
    const editor = new EditorView(holder.current, {
      state,
      nodeViews: { mention: (node) => ({ dom: mentionElement(mentionText(node, (id) => named(id))) }) },
      attributes: { role: "textbox", "aria-multiline": "true", "aria-labelledby": labelledBy },
      dispatchTransaction(transaction) {
        const next = editor.state.apply(transaction);
        editor.updateState(next);
        setMarks({ bold: isActive(next, "bold"), link: isActive(next, "link") });
        if (transaction.docChanged) changed(astOf(next.doc));
      },
    });
    view.current = editor;
    return () => editor.destroy();
  }, [document, labelledBy]);

  if (!document) {
    return (
      <div className="editor-locked">
        <AstView ast={ast} nameOf={nameOf} />
        <button type="button" className="button" onClick={() => setDocument(textDocument(ast, nameOf))}>
          Edit as plain text
        </button>
        <p className="hint">Written elsewhere, with parts that this editor does not know; editing keeps the text alone.</p>
      </div>
    );
  }

  const run = (command: Command) => {
    const editor = view.current;
    if (!editor) return;
    command(editor.state, editor.dispatch, editor);
    editor.focus();
  };
  const setLink = () => {
    const href = safeHref(address?.includes(":") ? address : `https://${address}`);
    setIsBad(!href);
    if (!href) return;
    run(insertLink(href));
    setAddress(null);
  };
  return (
    <div className="editor">
      <div className="editor-bar" role="toolbar" aria-label="Text format">
        <Tool icon="bold" label="Bold" pressed={marks.bold} onClick={() => run(toggleMark(bold))} />
        <Tool icon="bullets" label="Bulleted list" onClick={() => run(wrapInList(bulletList))} />
        <Tool icon="numbers" label="Numbered list" onClick={() => run(wrapInList(orderedList))} />
        <Tool icon="outdent" label="Out of the list" onClick={() => run(liftListItem(listItem))} />
        <Tool
          icon="link"
          label={marks.link ? "Remove link" : "Link"}
          pressed={marks.link}
          onClick={() => (marks.link ? run(toggleMark(link)) : setAddress(address === null ? "" : null))}
        />
      </div>
      {address !== null && (
        <div className="editor-link">
          <input
            className="input"
            aria-label="Address of the link"
            placeholder="https://meet.google.com/…"
            value={address}
            autoFocus
            aria-invalid={isBad}
            onChange={(event) => (setAddress(event.target.value), setIsBad(false))}
            onKeyDown={(event) => {
              if (event.key === "Enter") setLink();
              if (event.key === "Escape") setAddress(null);
              if (event.key === "Enter" || event.key === "Escape") (event.preventDefault(), event.stopPropagation());
            }}
          />
          <button type="button" className="button" onClick={setLink}>
            Add link
          </button>
          {isBad && <p className="error" role="alert">A link needs an address such as https://example.com, http: or mailto:.</p>}
        </div>
      )}
      <div ref={holder} className="ast editor-text" />
    </div>
  );
}

function Tool(props: { icon: IconName; label: string; pressed?: boolean; onClick: () => void }) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={props.label}
      title={props.label}
      aria-pressed={props.pressed}
      onMouseDown={(event) => event.preventDefault()}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </button>
  );
}

function mentionElement(text: string): HTMLElement {
  return Object.assign(document.createElement("span"), { className: "mention", textContent: text });
}

function isActive(state: EditorState, name: "bold" | "link"): boolean {
  const { from, to, empty, $from } = state.selection;
  const mark = schema.marks[name];
  if (empty) return Boolean(mark.isInSet(state.storedMarks ?? $from.marks()));
  return state.doc.rangeHasMark(from, to, mark);
}

/** Links what is selected; where nothing is, writes the address. */
function insertLink(href: string): Command {
  return (state, dispatch) => {
    const { from, to, empty } = state.selection;
    const mark = link.create({ href });
    const change = empty ? state.tr.insert(from, schema.text(href, [mark])) : state.tr.addMark(from, to, mark);
    dispatch?.(change);
    return true;
  };
}
