// One webhook: what it is sent, whether it is, its last tries, and what can be done with it.

import { useEffect, useState } from "react";
import type { Api } from "../api";
import { failureText } from "../failure-text";
import { stampText } from "../time/formats";
import type { Webhooks } from "../use-webhooks";
import { changeText, isTaken, sendsText, statusText, typedCursor, type Delivery, type Webhook } from "../webhooks";

interface Props {
  hook: Webhook;
  webhooks: Webhooks;
  api: Api;
  zone: string;
}

/** Of its last tries, as many are shown. */
const SHOWN = 20;

export function WebhookRow({ hook, webhooks, api, zone }: Props) {
  const { id, url, state, reason, cursor } = hook;
  const { notice, isBusy } = webhooks;
  const [isOpen, setIsOpen] = useState(false);
  const isActive = state === "active";
  return (
    <li className="webhook-row">
      <div className="webhook-head">
        <strong>{url}</strong>
        <span className="webhook-state" data-state={state}>{state}</span>
      </div>
      <small>Webhook {id} · {sendsText(hook)} · delivered up to change {cursor}</small>
      {reason && <small className="webhook-why">{reason}</small>}
      <div className="webhook-acts">
        <button type="button" className="button small" disabled={isBusy} aria-label={`Test webhook ${id}`} onClick={() => void webhooks.test(id)}>Test</button>
        <button type="button" className="button small" disabled={isBusy} aria-label={`${isActive ? "Pause" : "Resume"} webhook ${id}`} onClick={() => void webhooks.update({ id, paused: Number(isActive) })}>
          {isActive ? "Pause" : "Resume"}
        </button>
        <button type="button" className="button small" aria-expanded={isOpen} aria-label={`Deliveries and more of webhook ${id}`} onClick={() => setIsOpen(!isOpen)}>Deliveries and more</button>
      </div>
      <small role="status" className="webhook-notice" data-bad={notice?.isBad}>{notice?.id === id && notice.text}</small>
      {isOpen && <More hook={hook} webhooks={webhooks} api={api} zone={zone} />}
    </li>
  );
}

function More({ hook: { id, cursor }, webhooks, api, zone }: Props) {
  const [since, setSince] = useState("");
  const [isSure, setIsSure] = useState(false);
  const typed = typedCursor(since);
  return (
    <div className="webhook-more">
      <Deliveries id={id} changed={webhooks.notice} api={api} zone={zone} />
      <div className="webhook-acts">
        <label className="webhook-since">
          <span>Send again what came after change</span>
          <input className="input small" inputMode="numeric" size={8} placeholder={String(cursor)} value={since} onChange={(event) => setSince(event.target.value)} />
        </label>
        <button type="button" className="button small" disabled={typed === null || webhooks.isBusy} onClick={() => typed !== null && void webhooks.replay(id, typed)}>Replay</button>
      </div>
      <div className="webhook-acts">
        <button type="button" className="button small" disabled={webhooks.isBusy} onClick={() => void webhooks.update({ id, new_secret: 1 })}>New secret</button>
        <button type="button" className="button small" disabled={webhooks.isBusy} onClick={() => (isSure ? void webhooks.remove(id) : setIsSure(true))}>
          {isSure ? "Delete it for good" : "Delete"}
        </button>
      </div>
    </div>
  );
}

function Deliveries({ id, changed, api, zone }: { id: number; changed: unknown; api: Api; zone: string }) {
  const [rows, setRows] = useState<Delivery[] | null>(null);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    let isStale = false;
    api.webhookDeliveries(id).then(
      (found) => isStale || setRows(found.slice(0, SHOWN)),
      (failure: unknown) => isStale || setProblem(failureText(failure)),
    );
    return () => {
      isStale = true;
    };
  }, [api, id, changed]);
  if (problem || !rows) return <p className="hint">{problem || "Loading…"}</p>;
  if (!rows.length) return <p className="hint">Nothing was sent yet.</p>;
  return (
    <table className="webhook-tries">
      <thead>
        <tr><th scope="col">Time</th><th scope="col">Sent</th><th scope="col">Try</th><th scope="col">Answer</th><th scope="col">Took</th></tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={index} data-bad={!isTaken(row)}>
            <td>{stampText(row.time, zone)}</td>
            <td>{changeText(row)}</td>
            <td>{row.try}</td>
            <td>{statusText(row)}</td>
            <td>{row.took_ms} ms</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
