// A button that puts a text into the clipboard, and says whether it is there.

import { useState } from "react";
import { copyText } from "../insecure-page";
import { Icon } from "./icon";

/** `what`: the text's name, where there are several such buttons. */
export function CopyButton({ text, what }: { text: string; what?: string }) {
  const [isCopied, setIsCopied] = useState<boolean | null>(null);
  const words = isCopied === null ? "Copy" : isCopied ? "Copied" : "Not allowed: select the text";
  return (
    <button type="button" className="button small" aria-label={what && `${words}: ${what}`} onClick={() => void copyText(text).then(setIsCopied)}>
      <Icon name={isCopied ? "check" : "copy"} size={14} />
      {words}
    </button>
  );
}
