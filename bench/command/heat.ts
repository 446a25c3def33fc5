/**
 * `lab heat`: how often each line and each 8 bytes of one kernel structure are
 * accessed by an I/O, and in which stage.
 */
import type { Command } from "commander";
import { abis, findAbi } from "../../layouts/abi.ts";
import type { Recognition } from "../../layouts/layout.ts";
import { findLayout, layouts } from "../../layouts/registry.ts";
import { PATH_RECOGNITIONS } from "../../sim/assembly.ts";
import { QUEUE_LIMIT_PRESETS } from "../../sim/block/queue_limits.ts";
import { kernelProfiles } from "../../sim/kernel/struct_offsets.ts";
import { defaultMemoryMap } from "../../sim/machine.ts";
import type { AccessBatch } from "../../sim/memory/access_batch.ts";
import { HeatMap } from "../../sim/memory/heat_map.ts";
import { STAGES } from "../../sim/path.ts";
import { dataIos } from "../../sim/replay.ts";
import { tracePath } from "../../sim/traced_path.ts";
import { PLACEMENT_PRESETS } from "../../sim/workload/placement_options.ts";
import {
  openWorkload,
  workloadPoolBytes,
} from "../../sim/workload/workload.ts";
import { unfitReason } from "../run/fit.ts";
import { workloadPath } from "../run/options.ts";
import {
  type CommonOptions,
  createCommand,
  unknownName,
  wholeNumber,
} from "./command.ts";
import { type CommandContext, EXIT } from "./context.ts";
import { type Heat, heatJson, heatText } from "./heat_report.ts";
import { checkOutput, writeJson } from "./output.ts";

interface HeatOptions extends CommonOptions {
  readonly layout: string;
  readonly abi: string;
  readonly workload: string;
  readonly structure: string;
  readonly recognise: string;
  readonly kernel: string;
  readonly placement?: string;
  readonly ios: number;
}

/**
 * Makes the command.
 *
 * @param context The outside world.
 * @param report Sets the exit status.
 * @returns The command.
 */
export function heatCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  return createCommand(
    "heat",
    "accesses to each line and each 8 bytes of one kernel structure",
  )
    .option("--layout <name>", "the layout", "page_offset")
    .option("--abi <name>", "the ABI", "lp64")
    .option("--workload <name>", "file or name, as for lab run", "randrw4k")
    .option("--structure <name>", "bio, bio_vec, request, page, ...", "bio")
    .option("--recognise <name>", "how P2P memory is recognised", "page")
    .option("--kernel <version>", "kernel whose structures are used", "7.2")
    .option("--placement <name>", "where buffers lie (default: the workload's)")
    .option("--ios <n>", "I/Os that are traced", wholeNumber(1, 1e6), 256)
    .action(async (options: HeatOptions) => {
      checkNames(options);
      if (options.json !== undefined) await checkOutput(options.json, options);
      const heat = await traceHeat(options, context.signal);
      if (options.json !== "-") context.writeOut(heatText(heat));
      if (options.json !== undefined) {
        await writeJson(options.json, heatJson(heat), context, options);
      }
      report(EXIT.done);
    });
}

function checkNames(options: HeatOptions): void {
  const known = (kind: string, name: string, all: readonly string[]) => {
    if (!all.includes(name)) throw unknownName(kind, name, all);
  };
  known("layout", options.layout, layouts.map(({ name }) => name));
  known("ABI", options.abi, abis.map(({ name }) => name));
  known("recognition", options.recognise, PATH_RECOGNITIONS);
  known("kernel", options.kernel, kernelProfiles);
  if (options.placement !== undefined) {
    known("placement", options.placement, Object.keys(PLACEMENT_PRESETS));
  }
}

async function traceHeat(
  options: HeatOptions,
  signal: AbortSignal,
): Promise<Heat> {
  const { placement, structure, seed } = options;
  const layout = findLayout(options.layout);
  const abi = findAbi(options.abi);
  const path = workloadPath(options.workload);
  const map = defaultMemoryMap(abi.pointerBytes === 8, {
    leastDramBytes: workloadPoolBytes(path, placement),
  });
  const workload = await openWorkload(path, {
    seed,
    memoryMap: map,
    ...(placement === undefined ? {} : { placement }),
  });
  let consume: (batch: AccessBatch) => void = () => {};
  const traced = tracePath({
    layout,
    abi,
    kernel: options.kernel,
    recognition: options.recognise as Recognition,
    limits: QUEUE_LIMIT_PRESETS.nvme_prp,
    map,
    depth: 1,
  }, (batch) => consume(batch));
  const { assembly, parts, record } = traced;
  const { regions } = assembly.memory;
  const heat = new HeatMap({ regions, parts, stages: STAGES, structure });
  consume = (batch) => heat.take(batch);
  let ios = 0;
  for await (const window of workload.windows({ ios: 4096, pieces: 1 << 18 })) {
    const reason = unfitReason(window, { layout, abi });
    if (reason !== undefined) {
      throw new RangeError(
        `Cannot use layout "${layout.name}" here: ${reason}`,
      );
    }
    record(true);
    for (const io of dataIos(window).subarray(0, options.ios - ios)) {
      signal.throwIfAborted();
      assembly.path.submit(window, io);
      assembly.path.drain();
      ios++;
    }
    record(false);
    if (ios === options.ios) break;
  }
  if (ios === 0) {
    throw new RangeError(
      `Cannot trace "${options.workload}": it has no reads and writes, ` +
        "expected one at least",
    );
  }
  return {
    layout: layout.name,
    abi: abi.name,
    workload: options.workload,
    recognition: options.recognise,
    kernel: options.kernel,
    structure,
    seed,
    ios,
    lines: heat.cells(64),
    words: heat.cells(8),
  };
}
