// Every key of the page.

import { Dialog } from "./dialog";

const KEYS: [string, string][] = [
  ["N", "New event"],
  ["T", "Today"],
  ["J · K", "Next page, previous page"],
  ["M · W · D · A · Y · L", "Month, week, day, agenda, my day, the desk"],
  ["↑ ↓", "In my day: from event to event"],
  ["/", "Search"],
  ["Enter", "Open the event that has the focus"],
  ["G", "Claim and open the next call"],
  ["1 … 9", "The outcome of the open call; then Enter: done"],
  ["I", "Note on the open call"],
  ["+ · −", "When to call again"],
  ["E", "Edit the open event"],
  ["C", "Complete the open event"],
  ["Alt + arrows", "Move the event that has the focus: a quarter of an hour, a day"],
  ["Alt + Shift + ↑ ↓", "Make it shorter or longer"],
  ["Shift + F10", "Menu of the event that has the focus"],
  ["Ctrl + click, S", "Select the event, or the one that has the focus"],
  ["Shift + click, Shift + S", "Select all up to it"],
  ["Ctrl + A", "Select all that are shown"],
  ["Delete", "Delete the selected events, or the one that has the focus or is open"],
  ["Ctrl + Z", "Undo the last change"],
  ["Ctrl + Y", "Do again what was undone"],
  ["X", "Dismiss the first reminder"],
  ["Z", "Snooze the first reminder for 5 minutes"],
  ["Shift + X", "Dismiss all reminders"],
  ["Escape", "Close; end the selection; what you typed stays as a draft"],
  ["?", "This list"],
];

export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {KEYS.map(([key, text]) => (
          <div key={key}>
            <dt><kbd>{key}</kbd></dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
