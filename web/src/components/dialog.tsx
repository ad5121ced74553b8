// A modal box: the browser's own dialog keeps the focus inside and gives it back.

import { useEffect, useRef, type ReactNode } from "react";
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
  useEffect(() => {
    const dialog = box.current;
    if (!dialog) return;
    dialog.showModal();
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
      onClick={(event) => event.target === box.current && onClose()}
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
