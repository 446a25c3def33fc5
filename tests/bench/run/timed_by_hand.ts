/** A cell whose isolates answer at once, and tell what they are asked. */
import { assertNotEquals } from "@std/assert";
import type { Contender } from "../../../bench/contender/contender.ts";
import type { BurnIns } from "../../../bench/run/burn_in.ts";
import { timeCell } from "../../../bench/run/time_cell.ts";
import { readsOf } from "../contender_rig.ts";

export interface AskedOfIsolate {
  readonly name: string;
  readonly build: number;
  readonly first: number;
  readonly ios: number;
  readonly parts: number;
}

/** Isolates that answer at once: 100 ns an I/O, and 1 ns for those apart. */
export function timedByHand(options: {
  builds: number;
  rounds: number;
  planted?: ReadonlyMap<string, number>;
  goesAhead?: boolean;
  /** Builds after which it is enough; 2 unless told. */
  enoughBuilds?: number;
  endBuild?: (build: number) => Promise<void>;
  burnIns?: BurnIns;
  /** Time per I/O of who has done so many. */
  nsOf?: (name: string, doneIos: number) => number;
  cpuClock?: "process CPU" | "thread CPU";
  /** How many times as long a probed slice takes: the CPU's speed. */
  slowdownOf?: (name: string, build: number) => number;
  /** Told of all CPU time that isolates take. */
  onCpu?: (ns: number) => void;
  clock?: () => number;
  /** Isolates of an earlier cell. */
  workers?: Map<string, Contender>;
}) {
  const {
    nsOf = (name) => name === "noop" ? 1 : 100,
    cpuClock = "process CPU",
    workers = new Map(),
    onCpu = () => {},
    slowdownOf = () => 1,
    clock = () => 0,
    ...others
  } = options;
  const done = new Map<string, number>();
  const asked: AskedOfIsolate[] = [];
  const windowIos = 1000;
  const cell = timeCell({
    window: readsOf(1),
    windowIos,
    contenders: ["control", "page_offset", "phyr"],
    apart: ["noop"],
    isolate: (name, build) => {
      const key = `${name} ${build}`;
      const worker = workers.get(key) ?? {
        ask: (request: {
          kind: string;
          first: number;
          group?: { first: number };
          ios: number;
          parts?: number;
          isProbed?: boolean;
        }) => {
          const { kind, ios, parts = 1, isProbed = false } = request;
          const first = request.first + (request.group?.first ?? 0);
          if (kind === "open") {
            const window = { id: 1, ios: windowIos };
            return Promise.resolve({ kind, window });
          }
          asked.push({ name, build, first, ios, parts });
          const doneIos = done.get(key) ?? 0;
          done.set(key, doneIos + ios);
          const slowdown = isProbed ? slowdownOf(name, build) : 1;
          const cpuNs = ios * nsOf(name, doneIos) * slowdown;
          onCpu(cpuNs);
          const part = {
            ios: ios / parts,
            cpuNs: cpuNs / parts,
            wallNs: 3 * cpuNs / parts,
          };
          return Promise.resolve({
            ...{ kind: "time", clock: cpuClock, cpuNs, ios, sink: 1 },
            parts: Array(parts).fill(part),
            ...(isProbed
              ? { probesNs: Array(parts + 1).fill(30 * slowdown) }
              : {}),
          });
        },
      } as unknown as Contender;
      workers.set(key, worker);
      return Promise.resolve(worker);
    },
    ...others,
    budgetNs: 1e12,
    seed: 1,
    clock,
    enough: (samples) => {
      for (const { contender } of samples) assertNotEquals(contender, "noop");
      const builds = new Set(samples.map(({ build }) => build));
      return builds.size >= (options.enoughBuilds ?? 2);
    },
  });
  return { asked, cell };
}
