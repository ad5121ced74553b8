// Asks before something that concerns others.

import { Dialog } from "./dialog";

export interface Question {
  title: string;
  text: string;
  yes: string;
  act: () => void;
}

export function ConfirmDialog({ question, onClose }: { question: Question; onClose: () => void }) {
  const footer = (
    <>
      <button type="button" className="button" onClick={onClose}>Cancel</button>
      <button type="button" className="button primary" data-first onClick={() => (onClose(), question.act())}>{question.yes}</button>
    </>
  );
  return (
    <Dialog title={question.title} footer={footer} onClose={onClose}>
      <p>{question.text}</p>
    </Dialog>
  );
}
