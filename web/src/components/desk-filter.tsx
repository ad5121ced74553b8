// Which desks are seen: names with check marks; a mask by hand under "Advanced".

import { useId, useState } from "react";
import { deskMatches, maskError } from "../desk-mask";
import type { Filters } from "../filters";
import type { Directory } from "../use-directory";
import type { ChangeFilters } from "../use-filters";

interface Props {
  filters: Filters;
  directory: Directory;
  /** A desk of the mask that nobody knows; empty: none. */
  unknownDesk: string;
  onChange: ChangeFilters;
}

export function DeskFilter({ filters, directory, unknownDesk, onChange }: Props) {
  const { desk: mask, brand } = filters;
  const desks = directory.desks.filter((one) => !brand || one.brand === brand);
  const codes = [...new Set(desks.map((one) => one.code))];
  const isAll = mask === "*";
  const chosen = isAll ? [] : codes.filter((code) => deskMatches(mask, code));
  const toggle = (code: string) => {
    const next = chosen.includes(code) ? chosen.filter((one) => one !== code) : [...chosen, code];
    onChange({ desk: next.length ? next.join(",") : "*" });
  };
  return (
    <fieldset className="side-group">
      <legend>
        Desks
        {!isAll && <button type="button" className="text-button" onClick={() => onChange({ desk: "*" })}>Show all</button>}
      </legend>
      <div className="people">
        {codes.map((code) => (
          <label key={code} className="check desk-check">
            <input type="checkbox" checked={chosen.includes(code)} onChange={() => toggle(code)} />
            <span className="check-name">{directory.deskTitle(code)}</span>
          </label>
        ))}
      </div>
      <details className="advanced" open={Boolean(unknownDesk) || undefined}>
        <summary>Advanced</summary>
        <MaskField mask={mask} unknownDesk={unknownDesk} onChange={(desk) => onChange({ desk })} />
        <label className="field">
          <span className="label">Brand</span>
          <select className="input" value={brand} onChange={(event) => onChange({ brand: event.target.value })}>
            <option value="">All brands</option>
            {directory.brands.map((one) => <option key={one} value={one}>{one}</option>)}
            {brand && !directory.brands.includes(brand) && <option value={brand}>{brand}</option>}
          </select>
        </label>
      </details>
    </fieldset>
  );
}

function MaskField({ mask, unknownDesk, onChange }: { mask: string; unknownDesk: string; onChange: (mask: string) => void }) {
  const [typed, setTyped] = useState({ mask, text: mask });
  const text = typed.mask === mask ? typed.text : mask;
  const help = useId();
  const error = maskError(text);
  const commit = () => !error && onChange(text.trim());
  const problem = error ?? (unknownDesk ? `No desk is called ${unknownDesk}.` : "");
  return (
    <label className="field">
      <span className="label">Desk mask</span>
      <input className="input" value={text} spellCheck={false} aria-invalid={Boolean(problem)} aria-describedby={help}
        onChange={(event) => setTyped({ mask, text: event.target.value })} onBlur={commit}
        onKeyDown={(event) => event.key === "Enter" && commit()} />
      <small id={help} className={problem ? "error" : "hint"} role={problem ? "alert" : undefined}>
        {problem || "Codes with commas between them; * stands for anything, ! leaves out: DESK_EU*,!DESK_EU_TEST"}
      </small>
    </label>
  );
}
