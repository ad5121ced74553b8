// Managers, desks and settings as the server names them, asked for at each connection. No React here.

import type { Api } from "./api";
import type { Connection } from "./connection";
import { setServerZone } from "./time/zones";
import type { DirectoryAnswer } from "./wire";

export const NO_DIRECTORY: DirectoryAnswer = { managers: [], desks: [] };

export class AskedDirectory {
  private answer = NO_DIRECTORY;
  private readonly watchers = new Set<() => void>();

  constructor(
    connection: Connection,
    private readonly api: Api,
  ) {
    connection.atSocket(() => void this.ask());
  }

  /** The last answer; `NO_DIRECTORY`: none has come. */
  readonly get = (): DirectoryAnswer => this.answer;

  /** Calls `watcher` at each answer, until the function returned is called. */
  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  };

  private async ask(): Promise<void> {
    const found = await this.api.directory().catch(() => null);
    if (!found) return;
    if (found.default_timezone) setServerZone(found.default_timezone);
    this.answer = found;
    for (const watcher of this.watchers) watcher();
  }
}
