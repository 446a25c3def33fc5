/**
 * `lab topology FILE|PRESET`: the PCI tree, and how far and by which way each
 * function reaches each provider's memory.
 */
import type { Command } from "commander";
import { DEFAULT_KERNEL, pathProfile } from "../../sim/kernel/profile.ts";
import { kernelProfiles } from "../../sim/kernel/struct_offsets.ts";
import { P2pdma } from "../../sim/pci/p2pdma.ts";
import type { P2pProvider } from "../../sim/pci/provider.ts";
import { loadTopology, topologyNames } from "../../sim/pci/presets.ts";
import type { Topology } from "../../sim/pci/topology.ts";
import { readTopologyFile } from "../../sim/pci/topology_file.ts";
import { LONGEST_FORM_BYTES, readText } from "../read_text.ts";
import { systemReason } from "../system_reason.ts";
import {
  addCommonOptions,
  type CommonOptions,
  createCommand,
  unknownName,
} from "./command.ts";
import type { CommandContext } from "./context.ts";
import { namesText } from "./help.ts";
import { writeJson } from "./output.ts";
import { checkOutputs } from "./output_names.ts";
import { describeTopology, formatTopology } from "./topology_report.ts";

/** CPUs that `--cpu-vendor` knows, as P2PDMA sees them. */
const CPUS = {
  "intel": { vendor: "intel", family: 6 },
  "amd-zen": { vendor: "amd", family: 0x17 },
  "amd-old": { vendor: "amd", family: 0x15 },
  "arm": { vendor: "arm", family: 0 },
} as const;

interface TopologyOptions extends CommonOptions {
  readonly kernel: string;
  readonly provider?: string;
  readonly cpuVendor?: string;
}

/**
 * Makes the command.
 *
 * @param context The outside world.
 * @returns The commander command.
 */
export function topologyCommand(context: CommandContext): Command {
  const command = createCommand(
    "topology",
    "show a PCI tree with P2P distances and map types",
  )
    .argument("<file>", "a JSON file, or a name listed below")
    .optionsGroup("Tree:")
    .option("--provider <bdf>", "only this provider, by address or name")
    .option(
      "--cpu-vendor <name>",
      `boot CPU: ${Object.keys(CPUS).join(", ")} (default: the tree's)`,
    )
    .option(
      "--kernel <version>",
      `kernel whose list of host bridges is used: ${kernelProfiles.join(", ")}`,
      DEFAULT_KERNEL,
    );
  return addCommonOptions(command)
    .addHelpText("after", () => namesText([["topologies", topologyNames]]))
    .action(async (file: string, options: TopologyOptions) => {
      const { json, force } = options;
      await checkOutputs({ "--json": json }, { force, inputs: { file } });
      const topology = await openTopology(file, options);
      const providers = chooseProviders(topology, options.provider);
      const report = describeTopology(topology, providers, options.kernel);
      if (options.json !== undefined) {
        await writeJson(options.json, report, context, {
          force: options.force,
        });
      }
      if (options.json !== "-") context.writeOut(formatTopology(report));
    });
}

async function openTopology(
  file: string,
  { cpuVendor, kernel }: TopologyOptions,
): Promise<Topology> {
  if (!kernelProfiles.some((known) => known === kernel)) {
    throw unknownName("kernel", kernel, [...kernelProfiles]);
  }
  const read =
    (topologyNames.includes(file)
      ? loadTopology(file)
      : readTopologyFile(await readTree(file), file))
      .withHostBridges(pathProfile(kernel).hostBridges);
  if (cpuVendor === undefined) return read;
  const known = Object.keys(CPUS);
  if (!Object.hasOwn(CPUS, cpuVendor)) {
    throw unknownName("CPU", cpuVendor, known);
  }
  return read.withCpu(CPUS[cpuVendor as keyof typeof CPUS]);
}

async function readTree(file: string): Promise<string> {
  try {
    return await readText(file, LONGEST_FORM_BYTES);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound && !/[./\\]/.test(file)) {
      throw unknownName("topology", file, topologyNames);
    }
    throw new Deno.errors.NotFound(
      `Cannot read topology "${file}": ${
        systemReason(error)
      }, expected a JSON file or one of: ${topologyNames.join(", ")}`,
    );
  }
}

function chooseProviders(
  topology: Topology,
  name: string | undefined,
): readonly P2pProvider[] {
  const { providers } = new P2pdma(topology);
  if (name === undefined) return providers;
  const owner = topology.find(name);
  const chosen = providers.filter((provider) =>
    provider.device.function === owner
  );
  if (chosen.length === 0) {
    throw new RangeError(
      `Cannot show provider "${name}": it offers no P2P memory, expected one of: ${
        providers.map((provider) => provider.device.function.bdf).join(", ") ||
        "none is in this topology"
      }`,
    );
  }
  return chosen;
}
