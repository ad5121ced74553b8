// A modal box: the browser's own dialog keeps the focus inside and gives it back. What is to have it first is marked with
// `data-first`; else it is the cross.

import { useLayoutEffect, useRef, type ReactNode } from "react";
import { addDialog } from "../top-dialog";
import { Icon } from "./icon";

interface Props {
  title: string;
  wide?: boolean;
  children: ReactNode;
  footer?: ReactNode;
  onClose: () => void;
}

export function Dialog({ title, wide, children, footer, onClose }: Props) {
  const box = useRef<HTMLDialogElement>(null);
  const isPressedBeside = useRef(false);
  // Closed while it is still in the document: one that was taken out gives no focus back.
  useLayoutEffect(() => {
    const dialog = box.current;
    if (!dialog) return;
    dialog.showModal();
    dialog.querySelector<HTMLElement>("[data-first]")?.focus();
    const remove = addDialog(dialog);
    return () => {
      remove();
      dialog.close();
    };
  }, []);
  return (
    <dialog
      ref={box}
      className="dialog"
      data-wide={wide}
      aria-label={title}
      onCancel={(event) => (event.preventDefault(), onClose())}
      // A text that is selected over the edge of the box ends in a click on the dialog, too.
      onMouseDown={(event) => (isPressedBeside.current = event.target === box.current)}
      onClick={(event) => event.target === box.current && isPressedBeside.current && onClose()}
    >
      <div className="dialog-box">
        <header className="dialog-head">
          <h2>{title}</h2>
          <button type="button" className="icon-button" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </header>
        <div className="dialog-body">{children}</div>
        {footer && <footer className="dialog-foot">{footer}</footer>}
      </div>
    </dialog>
  );
}
