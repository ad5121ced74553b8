// What browsers leave out on pages over plain HTTP from another host.
// Source: W3C Secure Contexts; `crypto.randomUUID` and `navigator.clipboard` exist in secure contexts alone.

/** 128 random bits as hexadecimal digits. */
export function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whether the text is in the clipboard now. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
