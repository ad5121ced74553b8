// Past and coming events of one customer.

import { useEffect, useState } from "react";
import type { Api } from "../api";
import { toItem, whenText } from "../calendar-event";
import { nowSeconds } from "../time/clock";
import type { EventRow } from "../types.gen";
import type { Directory } from "../use-directory";
import { Dialog } from "./dialog";
import { eventClass } from "./event-face";
import { TypeIcon } from "./icon";

interface Props {
  customer: number;
  zone: string;
  api: Api;
  directory: Directory;
  me: number;
  onOpen: (row: EventRow) => void;
  onClose: () => void;
}

const MOST = 200;
const YEARS_SEC = 3 * 365 * 86_400;

export function CustomerDialog({ customer, zone, api, directory, me, onOpen, onClose }: Props) {
  const [rows, setRows] = useState<EventRow[] | null>(null);
  const [problem, setProblem] = useState("");
  const [now] = useState(nowSeconds);
  useEffect(() => {
    let isStale = false;
    api.list({ deskFilter: "*", customer_id: customer, from: now - YEARS_SEC, to: now + YEARS_SEC, limit: MOST, offset: 0 }).then(
      (answer) => !isStale && setRows(answer.rows),
      (failure: Error) => !isStale && setProblem(failure.message),
    );
    return () => {
      isStale = true;
    };
  }, [api, customer, now]);
  const coming = rows?.filter((row) => row.end_time >= now) ?? [];
  const past = rows?.filter((row) => row.end_time < now).reverse() ?? [];
  const list = (title: string, some: EventRow[]) => (
    <section>
      <h3 className="label">{title} · {some.length}</h3>
      <ul className="plain-list">
        {some.map((row) => (
          <li key={row.id}>
            <button type="button" className={`plain-row ${eventClass(row, me)}`} onClick={() => (onClose(), onOpen(row))}>
              <TypeIcon type={row.type} />
              <span className="ev-title">{toItem(row, zone).title}</span>
              <small>{whenText(row, zone)} · {directory.person(row.owner_manager_id).name}</small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
  return (
    <Dialog title={`Customer ${customer}`} wide onClose={onClose}>
      {problem && <p className="error">{problem}</p>}
      {!rows && !problem && <p className="hint">Loading…</p>}
      {rows && list("Coming", coming)}
      {rows && list("Past", past)}
      {rows?.length === MOST && <p className="hint">Only the first {MOST} events of three years around today are listed.</p>}
    </Dialog>
  );
}
