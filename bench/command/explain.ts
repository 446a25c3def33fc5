/** `lab explain`: one I/O, step by step, with its bytes. */
import type { Command } from "commander";
import { abis, findAbi } from "../../layouts/abi.ts";
import type { Recognition } from "../../layouts/layout.ts";
import { findLayout, layouts } from "../../layouts/registry.ts";
import { PATH_RECOGNITIONS } from "../../sim/assembly.ts";
import {
  nvmeLimits,
  QUEUE_LIMIT_PRESETS,
  type QueueLimits,
} from "../../sim/block/queue_limits.ts";
import { kernelProfiles } from "../../sim/kernel/struct_offsets.ts";
import { defaultMemoryMap } from "../../sim/machine.ts";
import { PLACEMENT_PRESETS } from "../../sim/workload/placement_options.ts";
import {
  openWorkload,
  workloadPoolBytes,
} from "../../sim/workload/workload.ts";
import { explainIo } from "../explain/explain_io.ts";
import { findIo } from "../explain/find_io.ts";
import { renderExplanation } from "../explain/text.ts";
import { workloadPath } from "../run/options.ts";
import { BASELINE } from "../run/plan.ts";
import {
  type CommonOptions,
  createCommand,
  unknownName,
  wholeNumber,
} from "./command.ts";
import type { CommandContext } from "./context.ts";
import { checkOutput, writeJson } from "./output.ts";

interface ExplainCommandOptions extends CommonOptions {
  readonly layout: string;
  readonly workload: string;
  readonly io: number;
  readonly abi: string;
  readonly recognise: string;
  readonly kernel: string;
  readonly device: string;
  readonly placement?: string;
  readonly sgl: boolean;
  readonly iommu: boolean;
  readonly registered: boolean;
}

/**
 * Makes the command.
 *
 * @param context The outside world.
 * @returns The commander command.
 */
export function explainCommand(context: CommandContext): Command {
  return createCommand(
    "explain",
    "one I/O from its buffer to the device's descriptors, with its bytes",
  )
    .option("--layout <name>", "the layout of bio_vec", BASELINE)
    .option(
      "--workload <name>",
      "a file or a name that lab run takes",
      "seq128k",
    )
    .option("--io <n>", "number of the I/O in it, from 0", wholeNumber(0), 0)
    .option("--abi <name>", "the ABI", "lp64")
    .option("--recognise <name>", "how P2P memory is recognised", "page")
    .option("--kernel <version>", "kernel whose rules are used", "7.2")
    .option("--device <name>", "limits of the queue", "nvme_prp")
    .option("--placement <name>", "where buffers lie (default: the workload's)")
    .option("--sgl", "the controller takes SGLs", false)
    .option("--iommu", "an IOMMU stands before the controller", false)
    .option("--registered", "the buffer is registered (io_uring)", false)
    .action(async (options: ExplainCommandOptions) => {
      const limits = checkedLimits(options);
      if (options.json !== undefined) await checkOutput(options.json, options);
      const explanation = await explain(options, limits, context);
      if (options.json !== "-") {
        context.writeOut(renderExplanation(explanation));
      }
      if (options.json !== undefined) {
        await writeJson(options.json, explanation, context, options);
      }
    });
}

/** Refuses unknown names, and gives the limits of the queue. */
function checkedLimits(options: ExplainCommandOptions): QueueLimits {
  const known = (kind: string, name: string, all: readonly string[]) => {
    if (!all.includes(name)) throw unknownName(kind, name, all);
  };
  known("layout", options.layout, layouts.map(({ name }) => name));
  known("ABI", options.abi, abis.map(({ name }) => name));
  known("recognition", options.recognise, PATH_RECOGNITIONS);
  known("kernel", options.kernel, [...kernelProfiles]);
  known("device", options.device, Object.keys(QUEUE_LIMIT_PRESETS));
  if (options.placement !== undefined) {
    known("placement", options.placement, Object.keys(PLACEMENT_PRESETS));
  }
  const { device, sgl, iommu } = options;
  const limits: QueueLimits =
    QUEUE_LIMIT_PRESETS[device as keyof typeof QUEUE_LIMIT_PRESETS];
  // What the driver would have told the queue (blockspec 2.5, T38).
  const most = nvmeLimits(0, { iommu });
  return {
    ...limits,
    ...(sgl ? { virtBoundaryMask: 0 } : {}),
    ...(iommu
      ? {
        maxSectors: Math.min(limits.maxSectors, most.maxSectors),
        maxSegments: Math.min(limits.maxSegments, most.maxSegments),
      }
      : {}),
  };
}

async function explain(
  options: ExplainCommandOptions,
  limits: QueueLimits,
  context: CommandContext,
): Promise<ReturnType<typeof explainIo>> {
  const { placement, seed, kernel, device, sgl, iommu } = options;
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
  const window = await findIo(
    { ...workload, name: options.workload },
    options.io,
    context.signal,
  );
  return explainIo({
    layout: findLayout(options.layout),
    abi,
    kernel,
    recognition: options.recognise as Recognition,
    device,
    limits,
    sgl,
    iommu,
    registered: options.registered,
    map,
    window,
    index: options.io,
    workload: options.workload,
    description: workload.description,
    seed,
  });
}
