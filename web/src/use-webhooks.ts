// The webhooks of the session, what is done with them, and what came of it.

import { useCallback, useEffect, useState } from "react";
import type { Api } from "./api";
import { failureText } from "./failure-text";
import type { AddWebhook, UpdateWebhook } from "./types.gen";
import { testText, type Webhook } from "./webhooks";

/** What an act has come to, for the row of a webhook; id 0: for none. */
export interface Notice {
  id: number;
  text: string;
  isBad: boolean;
}

export interface Secret {
  id: number;
  text: string;
}

export interface Webhooks {
  /** null: they are loading. */
  hooks: Webhook[] | null;
  notice: Notice | null;
  /** The only time that it is seen; null: none is new. */
  secret: Secret | null;
  isBusy: boolean;
  /** Whether it was added. */
  add: (data: AddWebhook) => Promise<boolean>;
  update: (data: UpdateWebhook) => Promise<boolean>;
  remove: (id: number) => Promise<boolean>;
  replay: (id: number, since: number) => Promise<boolean>;
  test: (id: number) => Promise<boolean>;
  forgetSecret: () => void;
}

export function useWebhooks(api: Api): Webhooks {
  const [hooks, setHooks] = useState<Webhook[] | null>(null);
  const [notice, setNotice] = useState<Notice | null>(null);
  const [secret, setSecret] = useState<Secret | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const load = useCallback(async () => setHooks(await api.webhooks()), [api]);
  useEffect(() => {
    let isStale = false;
    api.webhooks().then(
      (found) => isStale || setHooks(found),
      (failure: unknown) => isStale || setNotice({ id: 0, text: failureText(failure), isBad: true }),
    );
    return () => {
      isStale = true;
    };
  }, [api]);

  /** Acts, lists again, and says what came of it. */
  const act = async (id: number, work: () => Promise<string>): Promise<boolean> => {
    setIsBusy(true);
    setNotice(null);
    try {
      const text = await work();
      await load();
      setNotice({ id, text, isBad: false });
      return true;
    } catch (failure) {
      setNotice({ id, text: failure instanceof TestFailed ? failure.message : failureText(failure), isBad: true });
      return false;
    } finally {
      setIsBusy(false);
    }
  };
  return {
    hooks,
    notice,
    secret,
    isBusy,
    add: (data) =>
      act(0, async () => {
        const { webhook, secret: text } = await api.addWebhook(data);
        setSecret({ id: webhook.id, text });
        return "";
      }),
    update: (data) =>
      act(data.id, async () => {
        const answer = await api.updateWebhook(data);
        if (answer.secret) setSecret({ id: data.id, text: answer.secret });
        return answer.secret ? "For a day the old secret signs too." : "";
      }),
    remove: (id) => act(0, async () => (await api.deleteWebhook(id), "")),
    replay: (id, since) => act(id, async () => (await api.replayWebhook(id, since), `Changes after ${since} are sent again.`)),
    test: (id) =>
      act(id, async () => {
        const found = await api.testWebhook(id);
        if (found.delivery.status < 200 || found.delivery.status > 299) throw new TestFailed(testText(found));
        return testText(found);
      }),
    forgetSecret: () => setSecret(null),
  };
}

class TestFailed extends Error {}
