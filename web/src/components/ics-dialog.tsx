// Calendar files (.ics): events of a file to the calendar, and a calendar to a file.

import { useState } from "react";
import type { Api } from "../api";
import { saveFile } from "../export";
import { failureText } from "../failure-text";
import { icsName, wantedOf } from "../ics-export";
import type { Session } from "../session";
import type { Directory } from "../use-directory";
import { useIcsImport, type ImportReport } from "../use-ics-import";
import type { Tell } from "../use-toasts";
import { DateInput } from "./date-input";
import { Dialog } from "./dialog";

interface Props {
  session: Session;
  zone: string;
  directory: Directory;
  api: Api;
  tell: Tell;
  onClose: () => void;
}

/** Reasons that are listed. */
const MOST_SHOWN = 200;

export function IcsDialog({ session, zone, directory, api, tell, onClose }: Props) {
  return (
    <Dialog title="Calendar files (.ics)" wide onClose={onClose}>
      <ImportPart session={session} directory={directory} api={api} tell={tell} />
      <ExportPart session={session} zone={zone} directory={directory} api={api} />
    </Dialog>
  );
}

function ImportPart({ session, directory, api, tell }: Pick<Props, "session" | "directory" | "api" | "tell">) {
  const [file, setFile] = useState<File | null>(null);
  const [owner, setOwner] = useState(session.id);
  const [desk, setDesk] = useState("");
  const { report, progress, problem, run, forget } = useIcsImport(api, tell);
  const set = (change: () => void) => {
    change();
    forget();
  };
  const start = (isPreview: boolean) => {
    if (!file) return;
    const { code = "", brand = directory.person(owner).brand } = directory.desks.find((one) => one.code === desk) ?? {};
    void run(file, { owner_manager_id: owner, brand, desk: code }, isPreview);
  };
  const wanted = report?.isPreview ? report.created + report.updated : 0;
  return (
    <section className="form ics-part" aria-label="Import">
      <h3>Import</h3>
      <p className="hint">Import a newer file of the same calendar to update its events; the same file again changes nothing.</p>
      <label className="field">
        <span className="label">File</span>
        <input className="input" type="file" accept=".ics,text/calendar" disabled={progress !== null} onChange={({ target }) => set(() => setFile(target.files?.[0] ?? null))} />
      </label>
      <div className="pair">
        <label className="field">
          <span className="label">Owner</span>
          <select className="input" title={directory.person(owner).name} value={owner} disabled={progress !== null} onChange={({ target }) => set(() => setOwner(Number(target.value)))}>
            <People session={session} directory={directory} />
          </select>
        </label>
        <label className="field">
          <span className="label">Desk</span>
          <select className="input" value={desk} disabled={progress !== null} onChange={({ target }) => set(() => setDesk(target.value))}>
            <option value="">None, personal events</option>
            {directory.desks.map(({ code, title }) => <option key={code} value={code}>{title || code}</option>)}
          </select>
        </label>
      </div>
      <div className="ics-actions">
        {wanted > 0 ? (
          // Of a double click on "Preview" the second one is a click on this.
          <button type="button" className="button primary" onClick={({ detail }) => detail < 2 && start(false)}>Import {wanted}</button>
        ) : (
          <button type="button" className="button primary" disabled={!file || progress !== null} onClick={() => start(true)}>Preview</button>
        )}
        {progress && <progress aria-label="Progress" max={progress.all} value={progress.done} />}
      </div>
      {problem && <p className="error" role="alert">{problem}</p>}
      {/* Read out: the counts, not each reason. */}
      <div role="status">{report && <Counts report={report} />}</div>
      {report && report.skipped_count > 0 && <Skipped report={report} />}
    </section>
  );
}

function Counts({ report: { created, updated, unchanged, skipped_count, isPreview } }: { report: ImportReport }) {
  const counts: [string, number][] = [["Created", created], ["Updated", updated], ["Unchanged", unchanged], ["Left out or changed", skipped_count]];
  return (
    <>
      <p>{isPreview ? "What the import would do. Nothing has been changed yet; an import has no Undo." : "Imported."} A repeating event counts once.</p>
      <dl className="ics-counts">
        {counts.map(([name, count]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{count}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** What is not kept as it stands in the file: whole events, or a text or zone of one that is taken. */
function Skipped({ report: { skipped, skipped_count } }: { report: ImportReport }) {
  const hidden = skipped_count - Math.min(skipped.length, MOST_SHOWN);
  return (
    <details className="ics-skipped" open>
      <summary>Left out or changed, and why</summary>
      <ul aria-label="Left out or changed">
        {skipped.slice(0, MOST_SHOWN).map(({ uid, why }, index) => (
          <li key={index}>
            {why} <small>{uid || "no UID"}</small>
          </li>
        ))}
      </ul>
      {hidden > 0 && <p className="hint">and {hidden} more</p>}
    </details>
  );
}

/** Of whom an export is: `manager:ID`, or `desk:CODE`. */
function ExportPart({ session, zone, directory, api }: Omit<Props, "tell" | "onClose">) {
  const [whose, setWhose] = useState(`manager:${session.id}`);
  const [first, setFirst] = useState("");
  const [last, setLast] = useState("");
  const [problem, setProblem] = useState("");
  const [isBusy, setIsBusy] = useState(false);
  const set = (change: () => void) => {
    change();
    setProblem("");
  };
  const save = async () => {
    setIsBusy(true);
    setProblem("");
    const wanted = wantedOf(whose, first, last, zone);
    const name = wanted.manager_id ? directory.person(wanted.manager_id).name : directory.deskTitle(wanted.deskFilter ?? "");
    await api.exportIcs(wanted).then(
      (text) => saveFile(icsName(name, first, last), text, "text/calendar"),
      (failure: unknown) => setProblem(failureText(failure)),
    );
    setIsBusy(false);
  };
  return (
    <section className="form ics-part" aria-label="Export">
      <h3>Export</h3>
      <label className="field">
        <span className="label">Calendar of</span>
        <select className="input" value={whose} onChange={({ target }) => set(() => setWhose(target.value))}>
          <optgroup label="Managers">
            <People session={session} directory={directory} prefix="manager:" />
          </optgroup>
          <optgroup label="Desks">
            {directory.desks.map(({ code, title }) => <option key={code} value={`desk:${code}`}>{title || code}</option>)}
          </optgroup>
        </select>
      </label>
      <div className="pair">
        <DateInput label="First day (may be empty)" value={first} onChange={(day) => set(() => setFirst(day))} />
        <DateInput label="Last day (may be empty)" value={last} onChange={(day) => set(() => setLast(day))} />
      </div>
      <div className="ics-actions">
        <button type="button" className="button" disabled={isBusy} onClick={() => void save()}>Export</button>
      </div>
      {problem && <p className="error" role="alert">{problem}</p>}
    </section>
  );
}

/** The session's manager first. */
function People({ session, directory, prefix = "" }: { session: Session; directory: Directory; prefix?: string }) {
  const others = directory.people.filter(({ id }) => id !== session.id);
  return [directory.person(session.id), ...others].map(({ id, name }) => <option key={id} value={`${prefix}${id}`}>{name}</option>);
}
