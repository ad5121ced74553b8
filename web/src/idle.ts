// Work that nobody waits for, after what is drawn.

const LONGEST_WAIT_MS = 2000;
/** Where the browser does not say when it is idle. */
const USUAL_WAIT_MS = 300;

/** Until the browser has nothing else to do, 2 s at most. */
export function idle(): Promise<void> {
  return new Promise((done) => {
    if ("requestIdleCallback" in window) requestIdleCallback(() => done(), { timeout: LONGEST_WAIT_MS });
    else setTimeout(done, USUAL_WAIT_MS);
  });
}

let say = () => {};
const firstEvents = new Promise<void>((done) => (say = done));

/** Says that what the page was opened for is drawn, or can't be. */
export const saySeen = (): void => say();

/** Once that was said, and the browser has nothing else to do. */
export const idleOnceSeen = (): Promise<void> => firstEvents.then(idle);
