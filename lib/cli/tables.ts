/**
 * Figures in columns, for people.
 *
 * @module
 */

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly right?: boolean;
  /** Narrower columns are cut first: the widest that it may be. */
  readonly most?: number;
  text(row: Row): string;
}

/** A title line, then a line for each row; as wide as needed. Nothing in a cell can move a terminal's cursor. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ text, most = 40 }) => cut(printable(text(row)), most))),
  ];
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]!.length)));
  return cells.map((line) =>
    line.map((cell, at) => columns[at]!.right ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!))
      .join("  ").trimEnd()
  );
}

/** At most so many characters. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1))}…`;
}

/** Without what moves cursors or changes colours. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "?");
}

/** "1.2 MB"; thousands, as networks count. */
export function bytesText(bytes: number | undefined): string {
  if (bytes === undefined) return "–";
  for (const [unit, size] of [["GB", 1e9], ["MB", 1e6], ["kB", 1e3]] as const) {
    if (bytes >= size * 0.9995) return `${(bytes / size).toFixed(bytes < size * 100 ? 1 : 0)} ${unit}`;
  }
  return `${Math.round(bytes)} B`;
}

/** "12.3 ms". */
export function millisecondsText(ms: number | undefined): string {
  if (ms === undefined) return "–";
  return `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

/** "3 s", "5 min", "2 h 10 min", "4 d 3 h". */
export function durationText(seconds: number | undefined): string {
  if (seconds === undefined) return "–";
  const whole = Math.floor(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
