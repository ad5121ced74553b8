// Zone names as the time zone database spells them today. Browsers keep names that were given up long ago.
// Source: contract 16 ("an IANA name, old names too"); the database's `backward` file.

const RENAMED: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
  "America/Catamarca": "America/Argentina/Catamarca",
  "America/Coral_Harbour": "America/Atikokan",
  "America/Cordoba": "America/Argentina/Cordoba",
  "America/Fort_Wayne": "America/Indiana/Indianapolis",
  "America/Godthab": "America/Nuuk",
  "America/Indianapolis": "America/Indiana/Indianapolis",
  "America/Jujuy": "America/Argentina/Jujuy",
  "America/Louisville": "America/Kentucky/Louisville",
  "America/Mendoza": "America/Argentina/Mendoza",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Etc/UTC": "UTC",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Enderbury": "Pacific/Kanton",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

export function canonicalZone(name: string): string {
  return RENAMED[name] ?? name;
}

/** Whether two names mean one zone. */
export function isSameZone(a: string, b: string): boolean {
  return canonicalZone(a) === canonicalZone(b);
}

/** Every zone of the browser under its name of today, UTC first. */
export function allZones(): string[] {
  const names = Intl.supportedValuesOf("timeZone").map(canonicalZone);
  return ["UTC", ...[...new Set(names)].filter((name) => name !== "UTC").sort()];
}

export function browserZone(): string {
  return canonicalZone(Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC");
}

/** "Ho Chi Minh". */
export function cityOf(zone: string): string {
  return (zone.split("/").pop() ?? zone).replace(/_/g, " ");
}

/** "Asia/Ho Chi Minh". */
export function zoneText(zone: string): string {
  return zone.replace(/_/g, " ");
}
