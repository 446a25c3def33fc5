/**
 * What a contender of the cache benches runs once per message, in parts that
 * are timed separately.
 */
import { cpuClocks } from "../../machine/cpu_clock.ts";

export interface SpeedAnswer {
  /** Milliseconds of CPU time of each part. */
  readonly partMs: readonly number[];
  /** References, bytes or I/Os of a run. */
  readonly units: number;
  /** What the work made up to now, as text; twins make the same. */
  readonly made: string;
}

export type Work = () => Promise<SpeedAnswer>;

/** CPU time, which other work on the machine does not lengthen. */
export const nowMs = () => cpuClocks().cpuNs() / 1e6;

export function timed<Part>(
  parts: readonly Part[],
  run: (part: Part) => void,
): number[] {
  return parts.map((part) => {
    const start = nowMs();
    run(part);
    return nowMs() - start;
  });
}
