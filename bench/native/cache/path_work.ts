/** A path with or without the tracer, for the cache benches. */
import { findAbi } from "../../../layouts/abi.ts";
import { QUEUE_LIMIT_PRESETS } from "../../../sim/block/queue_limits.ts";
import type { AccessBatch } from "../../../sim/trace/access_batch.ts";
import { Footprint } from "../../../sim/trace/footprint.ts";
import type { Path } from "../../../sim/path/path.ts";
import { STAGES } from "../../../sim/path/path_stages.ts";
import { tracePath } from "../../../sim/replay/traced_path.ts";
import type { IoWindow } from "../../../sim/workload/window.ts";
import { openCell } from "../../../sim/setup/open_cell.ts";
import { openPath } from "../../../sim/setup/open_path.ts";
import { pathParts, type PathSetup } from "../../../sim/setup/path_setup.ts";
import { PLAIN_MACHINE } from "../../../sim/setup/machine_setup.ts";
import { timed, type Work } from "./timed_work.ts";

/** I/Os of a part. */
const PART_IOS = 32;
const PARTS_OF_IOS = 64;

/**
 * I/Os of a workload on mainline's layout: plain, with every access recorded,
 * or with a footprint made of the accesses.
 */
export async function runPath(
  name: string,
  contender: "path" | "traced" | "footprint",
): Promise<Work> {
  const abi = findAbi("lp64");
  const { map, open } = openCell(
    { abi, machine: PLAIN_MACHINE, seed: 1 },
    name,
  );
  const workload = await open();
  let window: IoWindow | undefined;
  const ios = PART_IOS * PARTS_OF_IOS;
  for await (const found of workload.windows({ ios, pieces: ios * 256 })) {
    window = found;
    break;
  }
  if (window === undefined) throw new RangeError(`"${name}" is empty`);
  const setup: PathSetup = {
    layout: "page_offset",
    abi,
    kernel: "7.2",
    recognition: "page",
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map,
    depth: PART_IOS,
    machine: PLAIN_MACHINE,
  };
  let path: Path;
  let made = () => "";
  let flush = () => {};
  if (contender !== "path") {
    let accesses = 0;
    let consume = (batch: AccessBatch): void => {
      accesses += batch.length;
    };
    const traced = tracePath(pathParts(setup), (batch) => consume(batch));
    path = traced.assembly.path;
    flush = traced.flush;
    made = () => String(accesses);
    if (contender === "footprint") {
      const footprint = new Footprint({
        regions: traced.assembly.memory.regions,
        parts: traced.parts,
        stages: STAGES,
        groupIos: PART_IOS,
      });
      consume = (batch) => footprint.take(batch);
      flush = () => {
        traced.flush();
        for (let io = 0; io < PART_IOS; io++) footprint.endIo();
      };
      made = () => String(footprint.totals().total.lines);
    }
    traced.record(true);
  } else path = openPath(setup, {}, { linksAtOnce: true }).path;
  const io = window;
  const starts = Array.from({ length: PARTS_OF_IOS }, (_, i) => i * PART_IOS);
  return () => {
    const partMs = timed(starts, (start) => {
      for (let i = start; i < start + PART_IOS; i++) path.submit(io, i);
      path.drain();
      flush();
    });
    return Promise.resolve({ partMs, units: ios, made: made() });
  };
}
