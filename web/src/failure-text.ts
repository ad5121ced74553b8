// Why something did not work, for a toast.

import { ServerError } from "./wire";

export function failureText(failure: unknown): string {
  if (!(failure instanceof ServerError)) return "That did not work.";
  return failure.status === 409 && !failure.message.includes("Others") ? "Somebody changed this event meanwhile; look at it again." : failure.message;
}

/** A title as it fits into a toast. */
export function shortTitle({ title }: { title: string }): string {
  return title.length > 60 ? `${title.slice(0, 58)}…` : title;
}
