/**
 * Spans of time, as people write them: "90s", "10m", "2h", "7d".
 *
 * @module
 */
import { message } from "@optique/core/message";
import type { ValueParser } from "@optique/core/valueparser";

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds; a number alone is seconds, too. @returns `undefined` for what is no span of time. */
export function parseDuration(text: string): number | undefined {
  const [, count, unit = "s"] = /^(\d{1,9})([smhd])?$/.exec(text.trim()) ?? [];
  return count === undefined ? undefined : Number(count) * SECONDS[unit]!;
}

/** For a command line. */
export function durationText(): ValueParser<"sync", number> {
  return {
    mode: "sync",
    metavar: "TIME",
    placeholder: 0,
    parse(value) {
      const seconds = parseDuration(value);
      return seconds === undefined
        ? { success: false, error: message`given ${value}, allowed: a number with s, m, h or d, such as 10m` }
        : { success: true, value: seconds };
    },
    format: (seconds) => `${seconds}s`,
  };
}
