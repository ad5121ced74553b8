// Webhooks, for administrators: the list, a new one, and its secret, which is shown once.

import { useState, type FormEvent } from "react";
import type { Api } from "../api";
import { useWebhooks, type Secret, type Webhooks } from "../use-webhooks";
import { CopyButton } from "./copy-button";
import { Dialog } from "./dialog";
import { Icon } from "./icon";
import { WebhookRow } from "./webhook-row";

export function WebhooksDialog({ api, zone, onClose }: { api: Api; zone: string; onClose: () => void }) {
  const webhooks = useWebhooks(api);
  const { hooks, notice, secret } = webhooks;
  const [isAdding, setIsAdding] = useState(false);
  const isEmpty = hooks?.length === 0;
  return (
    <Dialog title="Webhooks" wide onClose={onClose}>
      <p className="hint">Each change of an event is sent to the URL of a webhook, signed with its secret.</p>
      {secret && <SecretBox secret={secret} onClose={webhooks.forgetSecret} />}
      {isAdding || isEmpty ? (
        <NewWebhook webhooks={webhooks} onDone={() => setIsAdding(false)} />
      ) : (
        hooks && (
          <button type="button" className="button" onClick={() => setIsAdding(true)}>
            <Icon name="plus" size={14} />
            Add a webhook
          </button>
        )
      )}
      <p className="hint" role="status" data-bad={notice?.id === 0 && notice.isBad}>
        {notice?.id === 0 && notice.text}
        {!hooks && !notice && "Loading…"}
        {isEmpty && !notice?.text && "There are no webhooks yet."}
      </p>
      <ul className="webhook-list">
        {hooks?.map((hook) => <WebhookRow key={hook.id} hook={hook} webhooks={webhooks} api={api} zone={zone} />)}
      </ul>
    </Dialog>
  );
}

function NewWebhook({ webhooks, onDone }: { webhooks: Webhooks; onDone: () => void }) {
  const [url, setUrl] = useState("");
  const [desks, setDesks] = useState("*");
  const [hasReminders, setHasReminders] = useState(false);
  const add = (event: FormEvent) => {
    event.preventDefault();
    const data = { url: url.trim(), deskFilter: desks.trim() || "*", reminders: Number(hasReminders) };
    void webhooks.add(data).then((isAdded) => isAdded && (setUrl(""), onDone()));
  };
  return (
    <form className="form webhook-form" onSubmit={add}>
      <label>
        <span className="label">URL of the receiver</span>
        <input className="input" type="url" required placeholder="https://crm.example/hooks" value={url} onChange={(event) => setUrl(event.target.value)} />
      </label>
      <label>
        <span className="label">Desks, such as DESK_EU*</span>
        <input className="input" value={desks} onChange={(event) => setDesks(event.target.value)} />
      </label>
      <label className="switch">
        <input type="checkbox" role="switch" checked={hasReminders} onChange={(event) => setHasReminders(event.target.checked)} />
        Reminders and escalations, too
      </label>
      <button type="submit" className="button primary" disabled={webhooks.isBusy}>Add</button>
    </form>
  );
}

function SecretBox({ secret, onClose }: { secret: Secret; onClose: () => void }) {
  return (
    <div className="webhook-secret" role="status">
      <strong>Secret of webhook {secret.id}: it is not shown again</strong>
      <code>{secret.text}</code>
      <div className="webhook-acts">
        <CopyButton text={secret.text} />
        <button type="button" className="button small" onClick={onClose}>I have kept it</button>
      </div>
    </div>
  );
}
