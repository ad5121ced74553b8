// What the page asks the server for before it is drawn. No React here: it runs before the rest of the page is loaded.

import { addressedFilters, shownFilters } from "./address";
import { Api } from "./api";
import { Connection } from "./connection";
import { AskedDirectory } from "./directory-answer";
import { scopeOf, seenSpan } from "./event-loads";
import { settings } from "./kept-settings";
import { LiveEvents } from "./live-events";
import { readToken } from "./session";
import { dateIn, nowSeconds } from "./time/clock";

/** One connection with what is kept of its server, for as long as somebody is signed in. */
export class Opening {
  readonly connection: Connection;
  readonly api: Api;
  readonly directory: AskedDirectory;
  readonly events: LiveEvents;
  private isListed = false;

  /** `me`: whose token it is. Nothing is sent before `connection.open`. */
  constructor(
    token: string,
    private readonly me: number,
  ) {
    this.connection = new Connection(socketAddress(), token, readToken(token)?.exp ?? null);
    this.api = new Api(this.connection);
    // In this order: names are there when events are drawn, and a cursor is never behind the list that follows it,
    // as the server answers the lists of a connection one after the other.
    this.directory = new AskedDirectory(this.connection, this.api);
    this.events = new LiveEvents(this.connection, this.api);
    this.connection.atSocket(() => this.list());
  }

  /** The events that are seen first. */
  private list(): void {
    if (this.isListed) return;
    this.isListed = true;
    const given = addressedFilters();
    const { view, day, zone, ...rest } = shownFilters(given, dateIn(nowSeconds(), given.zone));
    const span = seenSpan(view, day, settings(), zone);
    this.events.loads.first(scopeOf({ view, ...rest }, this.me), span);
  }
}

function socketAddress(): string {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  return `${scheme}://${location.host}/ws`;
}
