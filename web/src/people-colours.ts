// The colours of managers for whom the directory has none. See styles/colours.css for all others.

const COLOURS = [
  "#3b6fe0", "#0e9384", "#c2571a", "#8a4fd0", "#c03a6b", "#5b8a0c", "#0c86b8", "#a8780a", "#6a63e8", "#b5453a", "#2e8b57", "#80648f",
] as const;

export function colourOf(manager: number): string {
  return COLOURS[manager % COLOURS.length] ?? COLOURS[0];
}

/** On paper, instead of the colour: a number of the patterns in styles/print.css. */
export function patternOf(manager: number): number {
  return manager % COLOURS.length;
}

export function isColour(text: string): boolean {
  return /^#[0-9a-f]{6}$/i.test(text);
}
