/**
 * The whole path per workload, each layout in a worker of its own, with
 * `page_offset` as the baseline. One measurement is a number of I/Os that the
 * group names, so a time in milliseconds there divides into ns per I/O.
 *
 * A layout is in brackets, so that a filter hits it and no other whose name has
 * it as a part: `deno task bench --filter [phys_len]`.
 *
 * `deno bench` compares means and gives no interval: use it to look at one
 * layout while changing code. Whether two layouts differ, `deno task lab` says
 * (README.md in this folder).
 */
import { plainSetup } from "./contender/plain_case.ts";
import { findAbi } from "../layouts/abi.ts";
import { findLayout } from "../layouts/registry.ts";
import { Contender } from "./contender/contender.ts";
import { PLAIN_MACHINE } from "../sim/setup/machine_setup.ts";
import { openCell } from "../sim/setup/open_cell.ts";
import type {
  OpenedWindow,
  WindowHandle,
} from "./contender/contender_protocol.ts";
import { countDataIos, windowCapacity } from "./run/audit_cell.ts";
import { unfitReason } from "../sim/setup/window_fit.ts";
import { workloadPath } from "./run/options.ts";
import { BASELINE } from "./setup/baseline.ts";

/** I/Os of one measurement, so that the message to the worker is noise. */
const IOS = 1 << 14;
/** The same of I/Os that have 32 pages. */
const MANY_PAGES_IOS = 1 << 13;
/** The same of I/Os that have 256 pages, or a bio for each few of 16. */
const LARGE_IOS = 1 << 10;

/**
 * What is measured; `target` is in I/Os per second, on a quiet machine.
 */
interface PathCase {
  readonly workload: string;
  readonly submitter: "registered" | "user";
  /** I/Os that are submitted together, under one plug; 1 for none. */
  readonly batch: number;
  readonly target?: number;
}

const CASES: readonly PathCase[] = [
  // io_uring with fixed buffers, as fio's `--fixedbufs --iodepth_batch=32`.
  { workload: "4k-hot", submitter: "registered", batch: 32, target: 4e6 },
  {
    workload: "128k-scattered",
    submitter: "registered",
    batch: 1,
    target: 7e5,
  },
  // Pinned user memory, as in the study; the study times all the others.
  { workload: "128k-scattered", submitter: "user", batch: 1 },
  { workload: "64k-mixed", submitter: "user", batch: 1 },
];

/** One of each way to encode a segment; the study times all of them. */
const LAYOUTS = [
  BASELINE,
  "phys_flags",
  "phys_packed",
  "len31_p2p",
  "scatterlist",
  "rlist_16",
  "soa_phys_len",
];

for (const { workload, submitter, batch, target } of CASES) {
  const abi = findAbi("lp64");
  const { map, open } = openCell(
    { abi, machine: PLAIN_MACHINE, seed: 1 },
    workloadPath(workload),
  );
  const opened = await open();
  for await (
    const window of opened.windows(
      windowCapacity(opened.placement.poolBytes),
    )
  ) {
    const windowIos = countDataIos(window);
    const wantedIos = /^(1m|64k)-/.test(workload)
      ? LARGE_IOS
      : /^128k-/.test(workload)
      ? MANY_PAGES_IOS
      : IOS;
    // Whole windows, or a part of the first one.
    const ios = wantedIos < windowIos
      ? wantedIos
      : Math.round(wantedIos / windowIos) * windowIos;
    const handle = { buffer: window.buffer, capacity: window.capacity };
    const rule = opened.placement.mixedIoShare > 0
      ? ", a bio for each kind of memory (a proposal)"
      : "";
    const title = `${workload} ${submitter} by ${batch}${rule}`;
    const wanted = target === undefined
      ? ""
      : `; ${target / 1e6} million/s is ${(ios / target * 1e3).toFixed(1)} ms`;
    for (const name of LAYOUTS) {
      const layout = findLayout(name);
      if (unfitReason(window, { layout, abi, submitter }) !== undefined) {
        continue;
      }
      register(name, {
        title,
        group: `path of ${title}, ${ios} I/Os, by layout${wanted}`,
        window: handle,
        ios,
        start: () =>
          Contender.start(plainSetup(map, {
            layout: name,
            batch,
            submitter,
          })),
      });
    }
    break;
  }
}

function register(
  name: string,
  from: {
    title: string;
    group: string;
    window: WindowHandle;
    ios: number;
    start: () => Promise<Contender>;
  },
): void {
  let contender: Contender | undefined;
  let window: OpenedWindow | undefined;
  Deno.bench({
    name: `path ${from.title} [${name}]`,
    group: from.group,
    baseline: name === BASELINE,
    n: 20,
    warmup: 10,
    fn: async (bench) => {
      contender ??= await from.start();
      window ??= (await contender.ask({ kind: "open", window: from.window }))
        .window;
      bench.start();
      // The same one again and again: its caches are as it left them, and what
      // goes before the worker's clock would be inside this one.
      await contender.ask({
        kind: "time",
        window,
        first: 0,
        ios: from.ios,
        leadIn: 0,
      });
      bench.end();
    },
  });
}
