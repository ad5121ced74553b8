// What can be undone and done again, the latest first. No React here.

/** One thing that was done, by the number of its toast. */
export interface Step {
  id: number;
  act: () => void;
}

const MOST_STEPS = 20;

export class UndoHistory {
  private done: Step[] = [];
  private undone: Step[] = [];

  /** Something new: what was undone before it can't be done again. */
  did(step: Step): void {
    this.done = [...this.done, step].slice(-MOST_STEPS);
    this.undone = [];
  }

  /** `redo` does again what was undone last. */
  undid(redo: Step): void {
    this.undone = [...this.undone, redo].slice(-MOST_STEPS);
  }

  /** `undo` undoes what was done again. */
  redid(undo: Step): void {
    this.done = [...this.done, undo].slice(-MOST_STEPS);
  }

  /** Takes the step out, as it is being used. Undefined: it was used before, or is too old. */
  take(id: number): Step | undefined {
    const step = [...this.done, ...this.undone].find((one) => one.id === id);
    this.done = this.done.filter((one) => one.id !== id);
    this.undone = this.undone.filter((one) => one.id !== id);
    return step;
  }

  lastDone(): Step | undefined {
    return this.done.at(-1);
  }

  lastUndone(): Step | undefined {
    return this.undone.at(-1);
  }
}
