/**
 * What this process takes of the machine.
 *
 * @module
 */
import { nodeProcess } from "../core/node_builtins.ts";
import type { MetricsRegistry } from "./metrics_registry.ts";

/** Figures at one moment. */
export interface ProcessFigures {
  /** Seconds on processors, all threads together, since the process began. */
  readonly cpuSeconds: number;
  /** Memory that is really there. */
  readonly residentBytes: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
}

/** Asks the system. */
export function processFigures(): ProcessFigures {
  return {
    cpuSeconds: cpuSeconds(),
    residentBytes: Deno.memoryUsage().rss,
    startedAt: performance.timeOrigin,
  };
}

/**
 * Adds what the system tells, under the names that Prometheus' own client libraries use.
 *
 * @param countDescriptors Counts open file descriptors; `undefined` where it cannot.
 */
export function addProcessMetrics(
  registry: MetricsRegistry,
  countDescriptors: () => number | undefined,
): void {
  registry.measured("counter", "process_cpu_seconds_total", "Seconds on processors", cpuSeconds);
  registry.measured(
    "gauge",
    "process_resident_memory_bytes",
    "Memory that is really there",
    () => Deno.memoryUsage().rss,
  );
  registry.measured("gauge", "process_open_fds", "Open file descriptors", countDescriptors);
  registry.measured(
    "gauge",
    "process_start_time_seconds",
    "When the process began, in Unix time",
    () => performance.timeOrigin / 1000,
  );
}

function cpuSeconds(): number {
  const { user, system } = nodeProcess().cpuUsage();
  return (user + system) / 1e6;
}
