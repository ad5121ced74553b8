// The parts that the first paint does not need.

import { createElement } from "react";
import { lazyPart } from "./lazy-part";

export const CalendarGrid = lazyPart(async () => (await import("./components/calendar-grid")).CalendarGrid, createElement("div", { className: "grid-wait" }));
export const EventPanel = lazyPart(async () => (await import("./components/event-panel")).EventPanel);
export const PageOverlays = lazyPart(async () => (await import("./components/page-overlays")).PageOverlays);
export const PageDialogs = lazyPart(async () => (await import("./components/page-dialogs")).PageDialogs);
export const AstEditor = lazyPart(async () => (await import("./ast/ast-editor")).AstEditor, createElement("div", { className: "editor editor-wait" }));
export const EventHistory = lazyPart(async () => (await import("./components/event-history")).EventHistory);
export const FreeTimes = lazyPart(async () => (await import("./components/free-times")).FreeTimes);
export const DeskView = lazyPart(async () => (await import("./components/desk-view")).DeskView, createElement("div", { className: "grid-wait" }));
export const MyDay = lazyPart(async () => (await import("./components/my-day")).MyDay);
