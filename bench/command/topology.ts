/**
 * `lab topology FILE|PRESET`, or `--lspci FILE`: the PCI tree, and how far and
 * by which way each function reaches each provider's memory.
 */
import type { Command } from "commander";
import { offerNames, offerOptionNames } from "../setup/offered_names.ts";
import {
  DEFAULT_KERNEL,
  kernelProfiles,
  pathProfile,
} from "../../sim/kernel/profile.ts";
import { P2pdma } from "../../sim/pci/p2pdma.ts";
import type { CpuDescription } from "../../sim/pci/topology_description.ts";
import type { P2pProvider } from "../../sim/pci/provider.ts";
import { loadTopology, topologyNames } from "../../sim/pci/presets.ts";
import { Topology } from "../../sim/pci/topology.ts";
import { readTopologyFile } from "../../sim/pci/topology_file.ts";
import { topologyJson } from "../../sim/pci/topology_json.ts";
import { LONGEST_FORM_BYTES, readText } from "../files/read_text.ts";
import { systemReason } from "../files/system_reason.ts";
import {
  addCommonOptions,
  type CommonOptions,
  createCommand,
  nameList,
  unknownName,
} from "../shell/command.ts";
import type { CommandContext } from "../shell/context.ts";
import { listedNames } from "../shell/help.ts";
import { readLspciFile } from "./lspci_option.ts";
import { writeFound } from "../shell/output.ts";
import { checkOutputs } from "../shell/output_names.ts";
import { formatTopology, topologyReport } from "./topology_report.ts";
import { SUMMARIES } from "./summaries.ts";

/** CPUs that `--cpu-vendor` knows, as P2PDMA sees them. */
const CPUS = {
  "intel": { vendor: "intel", family: 6 },
  "amd-zen": { vendor: "amd", family: 0x17 },
  "amd-old": { vendor: "amd", family: 0x15 },
  "arm": { vendor: "arm", family: 0 },
} as const;

interface TopologyOptions extends CommonOptions {
  readonly kernel: string;
  readonly provider?: readonly string[];
  readonly lspci?: string;
  readonly cpuVendor?: string;
}

export function topologyCommand(context: CommandContext): Command {
  const command = createCommand("topology", SUMMARIES.topology)
    .argument("[file]", "a JSON file, or a name listed below")
    .optionsGroup("Tree:")
    .option(
      "--lspci <file>",
      'the output of "lspci -vvv -nn", - for stdin; --json then ' +
        "writes a topology file",
    )
    .option(
      "--provider <bdfs>",
      "only these providers, by address or name; with --lspci, functions " +
        "that offer P2P memory, with a BAR number unless it is the largest: " +
        "03:00.0/4",
      nameList(),
    )
    .option(
      "--cpu-vendor <name>",
      `boot CPU: ${Object.keys(CPUS).join(", ")} (default: the tree's)`,
    )
    .option(
      "--kernel <version>",
      `kernel whose list of host bridges is used: ${kernelProfiles.join(", ")}`,
      DEFAULT_KERNEL,
    );
  offerOptionNames(command, {
    "--cpu-vendor": Object.keys(CPUS),
    "--kernel": kernelProfiles,
  });
  for (const argument of command.registeredArguments) {
    offerNames(argument, { names: topologyNames, isList: false });
  }
  return addCommonOptions(command)
    .addHelpText("after", () => listedNames([["topologies", topologyNames]]))
    .action(async (file: string | undefined, options: TopologyOptions) => {
      const { json, force, lspci } = options;
      await checkOutputs({ "--json": json }, {
        force,
        inputs: { file, "--lspci": lspci },
      });
      const { topology, fileJson } = await openTopology(file, options, context);
      const providers = chooseProviders(
        topology,
        // Those of lspci are what the option has made of them.
        fileJson === undefined ? options.provider : undefined,
      );
      const report = topologyReport(topology, providers, options.kernel);
      await writeFound(
        {
          json: () => fileJson ?? report,
          text: () => formatTopology(report),
        },
        context,
        options,
      );
    });
}

/** A topology, and its file if it was none before. */
interface Opened {
  readonly topology: Topology;
  readonly fileJson?: Record<string, unknown>;
}

async function openTopology(
  file: string | undefined,
  options: TopologyOptions,
  context: CommandContext,
): Promise<Opened> {
  const { kernel, lspci } = options;
  if (!kernelProfiles.some((known) => known === kernel)) {
    throw unknownName("kernel", kernel, [...kernelProfiles]);
  }
  const { hostBridges } = pathProfile(kernel);
  const cpu = cpuNamed(options.cpuVendor);
  if (lspci === undefined && file !== undefined) {
    const read = (topologyNames.includes(file)
      ? loadTopology(file)
      : readTopologyFile(await readTree(file), file))
      .withHostBridges(hostBridges);
    return { topology: cpu === undefined ? read : read.withCpu(cpu) };
  }
  if (lspci === undefined || file !== undefined) {
    throw new RangeError(
      `Cannot show a topology: found ${
        file === undefined ? "none" : `"${file}" and --lspci ${lspci}`
      }, expected a file, the name of a preset or --lspci FILE`,
    );
  }
  const { description, notes } = await readLspciFile(lspci, {
    cpu,
    providers: options.provider,
    context,
  });
  if (!options.quiet) {
    for (const note of notes) context.writeError(`lab: ${note}\n`);
  }
  return {
    topology: new Topology(description, hostBridges),
    fileJson: topologyJson(description),
  };
}

function cpuNamed(cpuVendor: string | undefined): CpuDescription | undefined {
  if (cpuVendor === undefined) return undefined;
  if (!Object.hasOwn(CPUS, cpuVendor)) {
    throw unknownName("CPU", cpuVendor, Object.keys(CPUS));
  }
  return CPUS[cpuVendor as keyof typeof CPUS];
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
  names: readonly string[] | undefined,
): readonly P2pProvider[] {
  const { providers } = new P2pdma(topology);
  if (names === undefined) return providers;
  const owners = names.map((name) => ({ name, owner: topology.find(name) }));
  for (const { name, owner } of owners) {
    if (providers.some(({ device }) => device.function === owner)) continue;
    throw new RangeError(
      `Cannot show provider "${name}": it offers no P2P memory, expected one of: ${
        providers.map((provider) => provider.device.function.bdf).join(", ") ||
        "none is in this topology"
      }`,
    );
  }
  return providers.filter(({ device }) =>
    owners.some(({ owner }) => device.function === owner)
  );
}
