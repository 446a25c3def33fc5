/**
 * `lab layouts`: what a segment looks like in memory, in every layout on every
 * ABI, as pahole prints it and as a table of sizes.
 */
import type { Command } from "commander";
import { offerOptionNames } from "../setup/offered_names.ts";
import { type Abi, abis, findAbi } from "../../layouts/abi.ts";
import type { Layout } from "../../layouts/layout.ts";
import {
  layoutFamilies,
  layoutNames,
  layouts,
} from "../../layouts/registry.ts";
import { DEFAULT_KERNEL } from "../../sim/kernel/profile.ts";
import {
  addCommonOptions,
  type CommonOptions,
  createCommand,
  eachOf,
  nameList,
} from "../shell/command.ts";
import type { CommandContext } from "../shell/context.ts";
import {
  fastPath,
  type FastPathKernel,
  type FastPathRow,
  formatFastPath,
} from "./fast_path.ts";
import { GROUPS, listedNames } from "../shell/help.ts";
import { layoutsNamed } from "../setup/layout_names.ts";
import {
  addKernelOptions,
  kernelFiles,
  type KernelOptions,
  withOwnKernel,
} from "./kernel_option.ts";
import { formatLegend, legendRows } from "./layout_legend.ts";
import { tellKernel } from "./kernel_structs.ts";
import {
  describeLayout,
  formatListing,
  formatSizeTable,
} from "./layouts_report.ts";
import { writeFound } from "../shell/output.ts";
import { checkOutputs } from "../shell/output_names.ts";
import {
  addStructOptions,
  readStructs,
  structFiles,
  structNotes,
  type StructOptions,
} from "./struct_option.ts";
import { SUMMARIES } from "./summaries.ts";

interface LayoutsOptions extends CommonOptions, StructOptions, KernelOptions {
  readonly structName?: readonly string[];
  readonly abi?: readonly string[];
  readonly layout?: readonly string[];
  readonly fastPath?: true;
}

/** Version of the JSON; a change of meaning raises it. */
const SCHEMA_VERSION = 1;

export function layoutsCommand(context: CommandContext): Command {
  const command = createCommand("layouts", SUMMARIES.layouts)
    .optionsGroup(GROUPS.compared)
    .option(
      "--layout <names>",
      "layouts, comma-separated, or family:NAME for all of a family, or all " +
        "(default: all, or only those of --struct)",
      nameList(),
    );
  addStructOptions(command);
  addKernelOptions(command)
    .option(
      "--struct-name <names>",
      "with --btf or --pahole: print these structs as pahole -C does",
      nameList(),
    )
    .option(
      "--abi <names>",
      "ABIs, comma-separated (default: all in the table, lp64 below it)",
      nameList(),
    )
    .option(
      "--fast-path",
      "show the lines and bytes of each kernel structure that an I/O touches " +
        "instead",
    );
  offerOptionNames(command, {
    "list:--layout": layoutNames(),
    "list:--abi": abis.map(({ name }) => name),
  });
  return addCommonOptions(command)
    .addHelpText("after", () =>
      listedNames([
        ["layouts", layouts.map(({ name }) => name)],
        ["families", layoutFamilies()],
        ["ABIs", abis.map(({ name }) => name)],
      ]))
    .action(async (options: LayoutsOptions, command: Command) => {
      const isFastPath = options.fastPath !== undefined;
      if (!isFastPath && await tellKernel(options, context)) return;
      const own = await readStructs(options, context);
      const named = options.layout === undefined
        ? own.length > 0 ? [] : layouts
        : layoutsNamed(options.layout);
      const chosen = [...named, ...own];
      const onAbis = options.abi === undefined
        ? abis
        : eachOf("ABI", options.abi, abis.map(({ name }) => name)).map(findAbi);
      await checkOutputs({ "--json": options.json }, {
        force: options.force,
        inputs: {
          ...kernelFiles(options),
          "--struct": await structFiles(options),
        },
      });
      if (!options.quiet) {
        for (const note of structNotes(own)) {
          context.writeError(`lab: ${note}\n`);
        }
      }
      if (isFastPath) {
        const { structName } = options;
        if (structName !== undefined) {
          throw new RangeError(
            `Cannot combine --struct-name ${structName.join(",")} with ` +
              "--fast-path: found two listings, expected one of them",
          );
        }
        const { kernel = DEFAULT_KERNEL, machine } = await withOwnKernel(
          command,
          options.abi === undefined ? {} : { abis: options.abi },
          context,
        );
        await showFastPath(options, context, {
          kernel,
          ownKernel: machine?.ownKernel,
        });
        return;
      }
      await writeFound(
        {
          json: () => ({
            schemaVersion: SCHEMA_VERSION,
            legend: legendRows(chosen),
            layouts: onAbis.flatMap((abi) =>
              chosen.map((layout) => describeLayout(layout, abi))
            ),
          }),
          text: () => text(options, chosen, onAbis),
        },
        context,
        options,
      );
    });
}

async function showFastPath(
  options: LayoutsOptions,
  context: CommandContext,
  of: FastPathKernel,
): Promise<void> {
  const { abi = [of.ownKernel?.abi ?? "lp64"] } = options;
  for (const key of ["layout", "struct"] as const) {
    const given = options[key];
    if (given === undefined) continue;
    throw new RangeError(
      `Cannot use --${key} with --fast-path: found "${given.join(",")}", ` +
        "expected neither: no layout changes these structures",
    );
  }
  const names = eachOf("ABI", abi, abis.map(({ name }) => name));
  const rows: FastPathRow[] = [];
  for (const name of names) {
    rows.push(...await fastPath(findAbi(name), context.signal, of));
  }
  await writeFound(
    {
      json: () => ({ schemaVersion: SCHEMA_VERSION, fastPath: rows }),
      text: () => formatFastPath(rows, of),
    },
    context,
    options,
  );
}

/** The table of sizes, where they come from, each layout as pahole shows it. */
function text(
  options: LayoutsOptions,
  chosen: readonly Layout[],
  onAbis: readonly Abi[],
): string {
  const listed = options.abi === undefined ? [findAbi("lp64")] : onAbis;
  const listings = listed.flatMap((abi) =>
    chosen.map((layout) => formatListing(layout, abi))
  );
  // Of structs of the user's own, the listings have the file.
  const isProposed = chosen.some(({ source }) => source.date !== "");
  return [
    formatSizeTable(chosen, onAbis),
    ...(isProposed ? [formatLegend(chosen)] : []),
    ...listings,
  ].join("\n");
}
