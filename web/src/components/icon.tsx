// Line icons on a grid of 16, drawn with the colour of the text around them.

const PATHS = {
  plus: "M8 3v10M3 8h10",
  left: "M10 3 5 8l5 5",
  right: "M6 3l5 5-5 5",
  down: "M4 6l4 4 4-4",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5 6.5 12 13 4.5",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM11 11l3 3",
  menu: "M2 4h12M2 8h12M2 12h12",
  bell: "M8 2a4 4 0 0 0-4 4c0 4-1.5 5-1.5 5h11S12 10 12 6a4 4 0 0 0-4-4zM6.5 13.5a1.6 1.6 0 0 0 3 0",
  sun: "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1v1.5M8 13.5V15M1 8h1.5M13.5 8H15M3 3l1 1M12 12l1 1M3 13l1-1M12 4l1-1",
  moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z",
  globe: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM2 8h12M8 2c2.5 2 2.5 10 0 12M8 2c-2.5 2-2.5 10 0 12",
  place: "M8 14.500S3.500 10 3.500 6.500a4.500 4.500 0 0 1 9 0C12.500 10 8 14.500 8 14.500zM8 8a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3z",
  person: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14c.5-3 2.7-4.5 5.5-4.5s5 1.5 5.5 4.5",
  people: "M6 8a2.7 2.7 0 1 0 0-5.400A2.7 2.7 0 0 0 6 8zM1.5 13.500c.4-2.6 2.2-4 4.5-4s4.1 1.4 4.5 4M10.5 3a2.5 2.5 0 0 1 0 4.900M12.3 9.800c1.3.6 2 1.8 2.2 3.7",
  clock: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.500V8l2.5 1.5",
  text: "M3 4h10M3 8h10M3 12h6",
  link: "M6.5 9.500l3-3M7 4.500l1-1a3 3 0 0 1 4.3 4.300l-1.3 1.200M9 11.500l-1 1A3 3 0 0 1 3.7 8.200L5 7",
  tag: "M2.5 7.500v-5h5l6 6-5 5zM5.5 5.500h.01",
  video: "M2 4.500h7.500v7H2zM9.5 7l4.5-2.500v7L9.5 9",
  edit: "M3 13l.7-3L10.5 3.200l2.3 2.300L6 12.300z",
  trash: "M3 4.500h10M6 4.500V3h4v1.500M4.5 4.500l.5 9h6l.5-9M7 7v4M9 7v4",
  archive: "M2 3h12v3H2zM3 6v7h10V6M6.5 9h3",
  ban: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM4 4l8 8",
  undo: "M6 3 2.5 6.5 6 10M3 6.500h6a4 4 0 0 1 0 8H7",
  repeat: "M3 7V6a2 2 0 0 1 2-2h7.500M10.500 1.800 12.800 4 10.500 6.200M13 9v1a2 2 0 0 1-2 2H3.500M5.500 14.200 3.200 12 5.500 9.800",
  bold: "M5 3h4a2.5 2.5 0 0 1 0 5H5zM5 8h4.800a2.5 2.5 0 0 1 0 5H5z",
  bullets: "M6 4h8M6 8h8M6 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
  numbers: "M6.5 4h7.500M6.5 8h7.500M6.5 12h7.500M2 3l1-.5V6M2 10h1.500L2 13h1.8",
  outdent: "M7 4h7M7 8h7M7 12h7M4.5 6 2.5 8l2 2",
  phone: "M3 2.500h2.500L7 6 5.3 7.200a8 8 0 0 0 3.5 3.500L10 9l3.5 1.500V13c0 .5-.5 1-1 1A10.5 10.5 0 0 1 2 3.500c0-.5.5-1 1-1z",
  task: "M3 3h10v10H3zM5.5 8l2 2 3.5-4",
  flag: "M4 14V2.500M4 3h8l-2 3 2 3H4",
  reply: "M6 4 2.5 7.5 6 11M3 7.500h6c3 0 4.5 1.5 4.5 4.5",
  gear: "M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 2v2M8 12v2M2 8h2M12 8h2M3.8 3.800l1.4 1.400M10.8 10.800l1.4 1.400M3.8 12.200l1.4-1.400M10.8 5.200l1.4-1.4",
  filter: "M2 3.500h12L9.5 8.500V13l-3-1.500v-3z",
  desk: "M2 5h12M3 5v8M13 5v8M3 9h10",
  alert: "M8 2.5 14.5 13.500h-13zM8 6.500v3.500M8 11.800h.01",
  copy: "M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3",
  help: "M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6 6.300a2 2 0 1 1 2.600 1.900c-.4.100-.6.400-.6.800v.500M8 11.500h.01",
  print: "M4.500 6V2.500h7V6M4.500 12H2.500V6.500h11V12h-2M4.500 10h7v4h-7z",
  dots: "M4 8h.01M8 8h.01M12 8h.01",
  history: "M3 8a5 5 0 1 0 1.500-3.500L3 6M3 3v3h3M8 5v3l2 1.500",
  exit: "M6 3H3v10h3M7 8h7M11 5l3 3-3 3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor"
      strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

const TYPE_ICONS: IconName[] = ["task", "bell", "phone", "people", "reply", "flag", "gear"];

export function TypeIcon({ type, size = 12 }: { type: number; size?: number }) {
  return <Icon name={TYPE_ICONS[type] ?? "task"} size={size} />;
}
