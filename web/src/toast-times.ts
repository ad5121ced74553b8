// How long toasts stay: for a time of their own, and as long as the pointer or the focus is on them.
// Source: WCAG 2.2, success criterion 2.2.1. No React here.

const SHOWN_MS = 8000;

export class ToastTimes {
  private timers = new Map<number, ReturnType<typeof setTimeout>>();
  private held = new Set<number>();

  /** `onEnd` is called with the number of a toast whose time is over. */
  constructor(private readonly onEnd: (id: number) => void) {}

  start(id: number): void {
    clearTimeout(this.timers.get(id));
    this.timers.set(
      id,
      setTimeout(() => {
        this.end(id);
        this.onEnd(id);
      }, SHOWN_MS),
    );
  }

  /** Held, it stays; let go, it has its whole time again. Nothing, where its time is over or it was not held. */
  readonly hold = (id: number, isHeld: boolean): void => {
    if (!this.timers.has(id) || (!isHeld && !this.held.has(id))) return;
    this.held[isHeld ? "add" : "delete"](id);
    if (isHeld) clearTimeout(this.timers.get(id));
    else this.start(id);
  };

  isHeld(id: number): boolean {
    return this.held.has(id);
  }

  /** It is gone. */
  end(id: number): void {
    clearTimeout(this.timers.get(id));
    this.timers.delete(id);
    this.held.delete(id);
  }
}
