/**
 * `lab heat`: how often each line and each 8 bytes of one kernel structure are
 * accessed by an I/O, and in which stage.
 */
import type { Command } from "commander";
import type { Abi } from "../../layouts/abi.ts";
import type { SegmentCodec } from "../../layouts/codec.ts";
import { STRUCTURE_TAGS } from "../../sim/kernel/field_at.ts";
import type { ParsedStruct } from "../../sim/kernel/pahole_offsets.ts";
import { type OwnKernel, structOfTag } from "../../sim/kernel/own_kernel.ts";
import {
  FieldHeat,
  type FieldHeatOptions,
} from "../../sim/trace/field_heat.ts";
import { unknownName } from "../../sim/text/unknown_name.ts";
import { offerOptionNames } from "../setup/offered_names.ts";
import type { AccessBatch } from "../../sim/trace/access_batch.ts";
import { HeatMap } from "../../sim/trace/heat_map.ts";
import { headerWords } from "../../sim/text/field.ts";
import { submittedText } from "../../sim/setup/path_fields.ts";
import { machineSchema } from "../../sim/setup/machine_fields.ts";
import { STAGES } from "../../sim/path/path_stages.ts";
import { dataIos } from "../../sim/replay/replay.ts";
import { tracePath } from "../../sim/replay/traced_path.ts";
import { pathParts } from "../../sim/setup/path_setup.ts";
import { BASELINE } from "../setup/baseline.ts";
import {
  addCommonOptions,
  type CommonOptions,
  countOption,
  createCommand,
  QUANTITY_HELP,
} from "../shell/command.ts";
import { type CommandContext, EXIT } from "../shell/context.ts";
import { GROUPS } from "../shell/help.ts";
import { type Heat, heatJson, heatText } from "./heat_report.ts";
import { mixedProposal } from "../report/mixing.ts";
import { writeFound } from "../shell/output.ts";
import {
  addPathOptions,
  type OpenedPath,
  openGiven,
  readPathRequest,
} from "./path_options.ts";
import { pathNamesHelp } from "./names_help.ts";
import { SUMMARIES } from "./summaries.ts";

interface HeatOptions extends CommonOptions {
  readonly structure: string;
  readonly fields?: true;
  readonly ios: number;
  readonly depth: number;
}

const DEFAULTS = { layout: BASELINE, workload: "randrw4k" } as const;

export function heatCommand(
  context: CommandContext,
  report: (status: number) => void,
): Command {
  const command = createCommand("heat", SUMMARIES.heat)
    .optionsGroup(GROUPS.compared)
    .option("--structure <name>", "bio, bio_vec, request, page, ...", "bio")
    .option(
      "--fields",
      "count loads and stores per field and stage instead",
    )
    .optionsGroup(GROUPS.workload)
    .option(
      "--ios <n>",
      "trace only the first N reads and writes",
      countOption(1, 1e6),
      256,
    );
  addPathOptions(command, DEFAULTS)
    .optionsGroup(GROUPS.submit)
    .option("--depth <n>", "I/Os in flight", countOption(1, 1023), 1);
  offerOptionNames(command, {
    "--structure": ["bio", "bio_vec", "request", "page", "nvme_iod"],
  });
  return addCommonOptions(command)
    .addHelpText("after", pathNamesHelp)
    .addHelpText("after", QUANTITY_HELP)
    .action(async (options: HeatOptions) => {
      const heat = await traceHeat(command, context);
      await writeFound(
        {
          json: () => heatJson(heat),
          text: () => heatText(heat),
        },
        context,
        options,
      );
      report(EXIT.done);
    });
}

async function traceHeat(
  command: Command,
  context: CommandContext,
): Promise<Heat> {
  const options = command.opts<HeatOptions>();
  const request = await readPathRequest(command, DEFAULTS, {
    ...{ ios: options.ios, depth: options.depth },
  });
  return await heatOf(await openGiven(command, request, context), {
    ...options,
    workload: request.workload,
    signal: context.signal,
  });
}

export interface HeatTask {
  readonly structure: string;
  /** Whether loads and stores of its fields are counted, too. */
  readonly fields?: true;
  /** I/Os at most. */
  readonly ios: number;
  /** I/Os in flight. */
  readonly depth: number;
  readonly seed: number;
  readonly workload: string;
  readonly signal: AbortSignal;
}

/**
 * Traces where a structure is accessed.
 *
 * @throws {RangeError} If the layout cannot hold an I/O, or there is none.
 */
export async function heatOf(
  { workload, ...given }: OpenedPath,
  task: HeatTask,
): Promise<Heat> {
  const { structure, seed, depth, signal } = task;
  const { layout, abi, machine, kernel, recognition } = given;
  let consume: (batch: AccessBatch) => void = () => {};
  const traced = tracePath(
    pathParts({ ...given, depth }),
    (batch) => consume(batch),
  );
  const { assembly, parts, record } = traced;
  const { regions } = assembly.memory;
  const heat = new HeatMap({ regions, parts, stages: STAGES, structure });
  const fields = task.fields === undefined ? undefined : new FieldHeat({
    ...{ regions, parts, stages: STAGES, structure },
    ...structOf(structure, {
      ...{ kernel, abi, ownKernel: machine.ownKernel },
      codec: assembly.codec,
    }),
  });
  consume = (batch) => {
    heat.take(batch);
    fields?.take(batch);
  };
  let ios = 0;
  for await (const window of workload.windows({ ios: 4096, pieces: 1 << 18 })) {
    // Buffers are registered once, long before their I/Os.
    assembly.path.open(window);
    record(true);
    for (const io of dataIos(window).subarray(0, task.ios - ios)) {
      signal.throwIfAborted();
      assembly.path.submit(window, io);
      ios++;
      if (ios % depth === 0) assembly.path.drain();
    }
    // The I/Os in flight refer to the window.
    assembly.path.drain();
    record(false);
    if (ios === task.ios) break;
  }
  if (ios === 0) {
    throw new RangeError(
      `Cannot trace "${task.workload}": it has no reads and writes, expected ` +
        "at least one",
    );
  }
  return {
    layout: layout.name,
    abi: abi.name,
    workload: task.workload,
    recognition,
    kernel,
    submitter: given.submitter,
    setting: [
      ...(workload.placement.mixedIoShare > 0
        ? [mixedProposal(recognition)]
        : []),
      ...[submittedText(given.api) ?? []].flat(),
      ...headerWords(machineSchema, machine),
    ],
    structure,
    seed,
    ios,
    depth,
    lines: heat.cells(64),
    words: heat.cells(8),
    fields: fields?.cells(),
  };
}

/**
 * Returns the fields of a structure of a trace.
 *
 * @param structure Its name in the trace.
 * @param of The kernel, the user's own one, the ABI and the layout's codec.
 * @throws {RangeError} If its fields are not known; names those whose are.
 */
function structOf(
  structure: string,
  of: {
    kernel: string;
    ownKernel: OwnKernel | undefined;
    abi: Abi;
    codec: SegmentCodec;
  },
): Pick<FieldHeatOptions, "struct" | "isArray"> {
  if (structure === "bio_vec") {
    return { struct: segmentStruct(of.codec), isArray: true };
  }
  const tag = Object.hasOwn(STRUCTURE_TAGS, structure)
    ? STRUCTURE_TAGS[structure]
    : undefined;
  if (tag === undefined) {
    throw unknownName("structure with known fields", structure, [
      "bio_vec",
      ...Object.keys(STRUCTURE_TAGS),
    ]);
  }
  return { struct: structOfTag(tag, of) };
}

/**
 * One vector: an array has as many one after another. Bit-fields of one storage
 * unit are loaded and stored together.
 *
 * @throws {RangeError} If vectors are not one after another.
 */
function segmentStruct({ placed, layout }: SegmentCodec): ParsedStruct {
  if (layout.arrangement.kind !== "aos") {
    throw new RangeError(
      `Cannot count fields of layout "${layout.name}": its vectors are not ` +
        "contiguous, expected an array of structs",
    );
  }
  const units = Map.groupBy(
    placed.fields,
    ({ offsetBytes, sizeBytes }) => `${offsetBytes} ${sizeBytes}`,
  );
  return {
    sizeBytes: placed.sizeBytes,
    fields: Object.fromEntries(
      [...units.values()].flatMap((fields) => {
        const [first] = fields;
        if (first === undefined) return [];
        const { offsetBytes, sizeBytes } = first;
        const name = fields.map((field) => field.name).join(" and ");
        return [[name, { offsetBytes, sizeBytes }]];
      }),
    ),
  };
}
