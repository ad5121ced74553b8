// The manager's calendar apps: a new password, which is shown once, and the list, from which one is revoked.

import { useState, type FormEvent } from "react";
import type { Api } from "../api";
import { caldavAddress, isRefused, qrCode, usedText, type Device } from "../devices";
import { useDevices, type Added, type Devices } from "../use-devices";
import { ConfirmDialog, type Question } from "./confirm-dialog";
import { CopyButton } from "./copy-button";
import { Dialog } from "./dialog";

interface Props {
  api: Api;
  zone: string;
  me: number;
  onClose: () => void;
}

/** As the server has it. */
const MAX_NAME = 100;

export function DevicesDialog({ api, zone, me, onClose }: Props) {
  const passwords = useDevices(api);
  const { devices, added, problem } = passwords;
  const [question, setQuestion] = useState<Question | null>(null);
  const ask = ({ id, name }: Device) =>
    setQuestion({
      title: `Revoke the password of ${name}?`,
      text: "The app on this device is refused from its next request on. It keeps what it has already read.",
      yes: "Revoke",
      act: () => void passwords.revoke(id),
    });
  return (
    <>
      <Dialog title="Calendar apps" wide onClose={onClose}>
        <p className="hint">An app on a phone or a computer reads and changes your calendar by CalDAV. Each device has a password of its own.</p>
        {isRefused(location) && (
          <p className="note" role="note">
            This page was loaded over plain HTTP. At {caldavAddress(location.origin)} the server refuses the passwords of devices (403), unless its administrator allows that (passwords_without_tls). Give the apps an https:// address.
          </p>
        )}
        <NewDevice passwords={passwords} />
        {added && <PasswordBox key={added.device.id} added={added} me={me} onClose={passwords.forgetPassword} />}
        <p className="hint" role="status" data-bad={Boolean(problem)}>
          {problem}
          {!devices && !problem && "Loading…"}
          {devices?.length === 0 && !problem && "No device has a password yet."}
        </p>
        <ul className="device-list">
          {devices?.map((device) => (
            <li key={device.id} className="device-row">
              <strong>{device.name}</strong>
              <small>{usedText(device, zone)}</small>
              <button type="button" className="button small" disabled={passwords.isBusy} aria-label={`Revoke the password of ${device.name}`} onClick={() => ask(device)}>Revoke</button>
            </li>
          ))}
        </ul>
      </Dialog>
      {question && <ConfirmDialog question={question} onClose={() => setQuestion(null)} />}
    </>
  );
}

function NewDevice({ passwords }: { passwords: Devices }) {
  const [name, setName] = useState("");
  const add = (event: FormEvent) => {
    event.preventDefault();
    void passwords.add(name.trim()).then((isAdded) => isAdded && setName(""));
  };
  return (
    <form className="form device-form" onSubmit={add}>
      <label>
        <span className="label">Name of the device</span>
        <input className="input" required pattern=".*\S.*" maxLength={MAX_NAME} placeholder="Phone" autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <button type="submit" className="button primary" disabled={passwords.isBusy}>Add a password</button>
    </form>
  );
}

function PasswordBox({ added: { device, password }, me, onClose }: { added: Added; me: number; onClose: () => void }) {
  const address = caldavAddress(location.origin);
  const { size, path } = qrCode(address);
  return (
    <section className="device-password" aria-label={`Password of ${device.name}`}>
      <strong role="status">Password of {device.name}: it is not shown again</strong>
      <div className="device-sign-in">
        <dl>
          <Copied label="Address" text={address} />
          <Copied label="User name" text={String(me)} />
          <Copied label="Password" text={password} />
        </dl>
        <figure>
          <svg className="device-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={`QR code of ${address}`} shapeRendering="crispEdges">
            <path d={path} />
          </svg>
          <figcaption>The address, to scan</figcaption>
        </figure>
      </div>
      <button type="button" className="button small" onClick={onClose}>I have kept it</button>
    </section>
  );
}

function Copied({ label, text }: { label: string; text: string }) {
  return (
    <div>
      <dt className="label">{label}</dt>
      <dd>
        <code>{text}</code>
        <CopyButton text={text} what={label} />
      </dd>
    </div>
  );
}
