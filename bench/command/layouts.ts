/**
 * `lab layouts`: what a segment looks like in memory, in every layout on every
 * ABI, as pahole prints it and as a table of sizes.
 */
import type { Command } from "commander";
import { type Abi, abis, findAbi } from "../../layouts/abi.ts";
import type { Layout } from "../../layouts/layout.ts";
import { layouts, selectLayouts } from "../../layouts/registry.ts";
import {
  type CommonOptions,
  createCommand,
  nameList,
  unknownName,
} from "./command.ts";
import type { CommandContext } from "./context.ts";
import {
  describeLayout,
  formatListing,
  formatSizeTable,
} from "./layouts_report.ts";
import { checkOutput, writeJson } from "./output.ts";

interface LayoutsOptions extends CommonOptions {
  readonly abi?: readonly string[];
  readonly layout?: readonly string[];
}

/** Version of the JSON; a change of meaning raises it. */
const SCHEMA_VERSION = 1;

/**
 * Makes the command.
 *
 * @param context The outside world.
 * @returns The commander command.
 */
export function layoutsCommand(context: CommandContext): Command {
  return createCommand(
    "layouts",
    "Every layout on every ABI: sizes, offsets and holes, as pahole shows them",
  )
    .option("--abi <names>", "ABIs, between commas", nameList())
    .option("--layout <names>", "layouts or families of them", nameList())
    .action(async (options: LayoutsOptions) => {
      const chosen = chooseLayouts(options.layout);
      const onAbis = chooseAbis(options.abi);
      if (options.json !== undefined) {
        await checkOutput(options.json, { force: options.force });
      }
      if (options.json !== undefined) {
        const rows = onAbis.flatMap((abi) =>
          chosen.map((layout) => describeLayout(layout, abi))
        );
        const result = { schemaVersion: SCHEMA_VERSION, layouts: rows };
        await writeJson(options.json, result, context, {
          force: options.force,
        });
      }
      if (options.json !== "-") {
        context.writeOut(text(options, chosen, onAbis));
      }
    });
}

/** The table and lp64 if nothing was asked for, else what was. */
function text(
  options: LayoutsOptions,
  chosen: readonly Layout[],
  onAbis: readonly Abi[],
): string {
  const asked = options.abi !== undefined || options.layout !== undefined;
  const table = asked ? "" : `${formatSizeTable(chosen, onAbis)}\n`;
  const listed = options.abi === undefined ? [findAbi("lp64")] : onAbis;
  const listings = listed.flatMap((abi) =>
    chosen.map((layout) => formatListing(layout, abi))
  );
  return table + listings.join("\n");
}

function chooseLayouts(names: readonly string[] | undefined) {
  if (names === undefined) return layouts;
  const chosen = new Set<Layout>();
  for (const name of names) {
    const found = selectLayouts(name);
    if (found.length === 0) {
      throw unknownName("layout", name, layouts.map((layout) => layout.name));
    }
    for (const layout of found) chosen.add(layout);
  }
  return [...chosen];
}

function chooseAbis(names: readonly string[] | undefined): readonly Abi[] {
  if (names === undefined) return abis;
  const known = abis.map((abi) => abi.name);
  return [...new Set(names)].map((name) => {
    if (!known.includes(name)) throw unknownName("ABI", name, known);
    return findAbi(name);
  });
}
