import { initials, type Person } from "../use-directory";

export function Avatar({ person, size = 24 }: { person: Person; size?: number }) {
  return (
    <span className="avatar" style={{ "--c": person.colour, width: size, height: size, fontSize: size * 0.4 } as React.CSSProperties} aria-hidden="true">
      {initials(person.name)}
    </span>
  );
}
