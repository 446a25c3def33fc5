/** Making one build in a worker, and finding out how fast its path is. */
import { randomStream } from "../../sim/random/random_stream.ts";
import type { Contender } from "../contender/contender.ts";
import type {
  BuildMemory,
  BuildSlice,
  ContenderSetup,
  SliceTime,
  WindowHandle,
} from "../contender/contender_protocol.ts";
import { TEXT_PLACES } from "../native/link_at.ts";
import type { TimedCompiler } from "./timed_compilers.ts";

/** Time that is enough to measure it. */
const TELLING_NS = 1e6;
/** Slices whose fastest counts: others were disturbed. */
const TELLING_SLICES = 3;

export interface BuildOfCell {
  readonly contenders: ReadonlyMap<string, ContenderSetup>;
  readonly window: WindowHandle;
  /** Which build, from 0. */
  readonly build: number;
  readonly builds: number;
  /** What builds them, in turn; none: as each contender says. */
  readonly compilers: readonly TimedCompiler[];
  /** Seed of the places of code and memory. */
  readonly seed: number;
  /** Whether nobody wants it any more; asked before each contender. */
  readonly isGivenUp: () => boolean | undefined;
}

/**
 * Builds all contenders in a worker, in memory and at places of code of this
 * build's own.
 *
 * @param worker The worker; the build before is gone.
 * @returns What its arenas are in; nothing if it was given up at once.
 * @throws {NativeEngineError} If the compiler builds nothing.
 */
export async function joinBuild(
  worker: Contender,
  of: BuildOfCell,
): Promise<BuildMemory | undefined> {
  const { contenders, window, build, builds, compilers, seed } = of;
  const places = randomStream(seed + build, "code");
  const { cc } = compilers[build % compilers.length] ?? {};
  let memory: BuildMemory | undefined;
  for (const [index, [, setup]] of [...contenders].entries()) {
    if (of.isGivenUp()) return memory;
    const answer = await worker.ask({
      kind: "join",
      setup: {
        ...setup,
        engine: {
          ...setup.engine,
          cc: cc ?? setup.engine?.cc,
          name: "native",
          build: places.below(TEXT_PLACES),
        },
      },
      window,
      // Code placement is luck, and each contender has its own.
      scatterSeed: (seed * builds + build) * contenders.size + index,
      restart: index === 0,
    });
    memory = answer.memory;
  }
  return memory;
}

/**
 * Finds out how long an I/O takes on warm caches, as slices have them.
 *
 * @param of Which path of the build, and how many I/Os its slices cycle
 * through.
 * @returns Time per I/O in ns.
 */
export async function warmNsPerIo(
  measure: (
    slices: readonly BuildSlice[],
  ) => Promise<readonly SliceTime[]>,
  { path, group }: { readonly path: number; readonly group: number },
): Promise<number> {
  for (let ios = group;; ios *= 4) {
    const slice = {
      ...{ path, first: 0, ios, leadIn: group / ios },
      group: { first: 0, ios: group },
    };
    const times = await measure(Array(TELLING_SLICES).fill(slice));
    const cpuNs = Math.min(
      ...times.flatMap(({ parts }) => parts.map((part) => part.cpuNs)),
    );
    if (cpuNs >= TELLING_NS) return cpuNs / ios;
  }
}
