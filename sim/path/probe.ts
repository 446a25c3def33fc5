/**
 * What can be seen of a path while it works: one place for whoever traces,
 * counts, explains or records. What a probe does not watch costs nothing, for
 * the path is then made without it.
 */
import type { MemoryView } from "../../layouts/word.ts";
import type { BlockObserver } from "../block/observe.ts";
import type { FreelistListener } from "../memory/kernel_memory.ts";
import type { RecognitionStrategy } from "../recognition/recognition.ts";

/** What can be observed of a path. */
export interface Probe {
  /** Stands in front of the view of kernel memory and sees each access. */
  readonly access: (view: DataView) => MemoryView;
  /** The slab allocator's own accesses begin or end, and what it returned. */
  readonly freelist: FreelistListener;
  /** A stage begins, by its index in `STAGES`. */
  readonly stage: (stage: number) => void;
  /** Stands in front of the P2P detection and sees its questions. */
  readonly question: (strategy: RecognitionStrategy) => RecognitionStrategy;
  /** An event of the block layer. */
  readonly event: BlockObserver;
  /** A decoding device has a command, by its offset in kernel memory. */
  readonly command: (entry: number) => void;
  /** An I/O has ended, by its index in its window, with a status. */
  readonly ioEnd: (io: number, status: number) => void;
}

const nothing = (): void => {};

/** The probe that watches nothing. */
export const EMPTY_PROBE: Probe = {
  access: (view) => view,
  freelist: nothing,
  stage: nothing,
  question: (strategy) => strategy,
  event: nothing,
  command: nothing,
  ioEnd: nothing,
};

/**
 * Gives a part of a probe, if it watches something: stages are made without
 * what nobody watches.
 *
 * @returns The part, or `undefined` of one that was left empty.
 */
export function watched<Part extends keyof Probe>(
  probe: Partial<Probe>,
  part: Part,
): Probe[Part] | undefined {
  const given: Probe[Part] | undefined = probe[part];
  return given === EMPTY_PROBE[part] ? undefined : given;
}

/**
 * Puts two probes together: both see everything, the inner one first.
 *
 * @param inner The probe that is nearer to the path.
 * @param outer The other one, which sees what the inner one lets through.
 *
 * @example Two that count stages
 * ```ts
 * import { joinProbes } from "./probe.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const seen: string[] = [];
 * const both = joinProbes(
 *   { stage: (stage) => seen.push(`inner ${stage}`) },
 *   { stage: (stage) => seen.push(`outer ${stage}`) },
 * );
 * both.stage?.(3);
 * assertEquals(seen, ["inner 3", "outer 3"]);
 * assertEquals(both.event, undefined);
 * ```
 */
export function joinProbes(
  inner: Partial<Probe>,
  outer: Partial<Probe>,
): Partial<Probe> {
  const joined: Record<string, unknown> = {};
  for (const part of Object.keys(EMPTY_PROBE) as (keyof Probe)[]) {
    const first = watched(inner, part) as Listener | undefined;
    const second = watched(outer, part) as Listener | undefined;
    if (first === undefined || second === undefined) {
      const one = first ?? second;
      if (one !== undefined) joined[part] = one;
    } else if (part === "question") {
      joined[part] = (strategy: unknown) => second(first(strategy));
    } else if (part === "access") {
      throw new TypeError(
        "Cannot watch accesses twice: found kernel memory that is " +
          "watched already, expected one probe with `access`",
      );
    } else {
      joined[part] = (...args: unknown[]) => {
        first(...args);
        second(...args);
      };
    }
  }
  return joined as Partial<Probe>;
}

type Listener = (...args: unknown[]) => unknown;
