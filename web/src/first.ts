// Runs first: who comes is signed in, and the server is asked, while the rest of the page is still loaded.

import { Opening } from "./opening";
import { arrivingSession, sessionProblem } from "./session";
import { askZones } from "./zones-request";

/** The session that the page was opened with; null: none. */
export const arrived = arrivingSession();

/** Its connection; null: there is no session, or none that may use the calendar. */
export const opening = arrived && !sessionProblem(arrived) ? new Opening(arrived.token, arrived.id) : null;

opening?.connection.open();
askZones();
