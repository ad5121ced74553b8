// The parts that the first paint does not need.

import { createElement, type ReactNode } from "react";
import type { EventPanelProps } from "./components/event-panel";
import type { DialogsProps } from "./components/page-dialogs";
import type { OverlaysProps } from "./components/page-overlays";
import { lazyPart } from "./lazy-part";
import { Waiting, WaitingToRead } from "./waiting";

const gridWait = () => createElement("div", { className: "grid-wait" });

export const CalendarGrid = lazyPart(async () => (await import("./components/calendar-grid")).CalendarGrid, gridWait);
export const EventPanel = lazyPart(async () => (await import("./components/event-panel")).EventPanel, panelWait);
export const PageOverlays = lazyPart(async () => (await import("./components/page-overlays")).PageOverlays, overlayWait);
export const PageDialogs = lazyPart(async () => (await import("./components/page-dialogs")).PageDialogs, dialogWait);
export const AstEditor = lazyPart(async () => (await import("./ast/ast-editor")).AstEditor, () => createElement("div", { className: "editor editor-wait" }));
export const EventHistory = lazyPart(async () => (await import("./components/event-history")).EventHistory);
export const FreeTimes = lazyPart(async () => (await import("./components/free-times")).FreeTimes);
export const DeskView = lazyPart(async () => (await import("./components/desk-view")).DeskView, gridWait);
export const MyDay = lazyPart(async () => (await import("./components/my-day")).MyDay);

function panelWait({ editing, onClose }: EventPanelProps): ReactNode {
  const isForm = editing.edit !== null && !editing.edit.isQuick;
  return isForm ? createElement(Waiting, { onCancel: editing.leaveTitled }) : createElement(WaitingToRead, { onCancel: onClose });
}

/** What is only pointed at takes no key. */
function overlayWait({ editing, menu, question, scopeQuestion, onMenu, onQuestion, onScope }: OverlaysProps): ReactNode {
  if (question) return createElement(Waiting, { onCancel: () => onQuestion(null) });
  if (scopeQuestion) return createElement(Waiting, { onCancel: onScope });
  if (menu) return createElement(Waiting, { onCancel: () => onMenu(null) });
  return editing.edit?.isQuick ? createElement(Waiting, { onCancel: editing.leaveTitled }) : null;
}

function dialogWait({ conflict, onBack, onClose }: DialogsProps): ReactNode {
  return createElement(Waiting, { onCancel: conflict ? onBack : onClose });
}
