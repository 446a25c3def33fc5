/** Reads the PCI tree that a machine is told by name or by file. */
import type { TopologySource } from "../sim/setup/machine_setup.ts";
import { topologyNames } from "../sim/pci/presets.ts";
import { readTopologyFile } from "../sim/pci/topology_file.ts";
import { LONGEST_FORM_BYTES, readText } from "./read_text.ts";
import { systemReason } from "./system_reason.ts";

/**
 * Reads the source of a topology.
 *
 * @param nameOrPath Name of a preset, or path of a file.
 * @returns The source, checked.
 * @throws {RangeError} If it is neither.
 */
export async function readTopologySource(
  nameOrPath: string,
): Promise<TopologySource> {
  if (topologyNames.includes(nameOrPath)) return { name: nameOrPath };
  let text: string;
  try {
    text = await readText(nameOrPath, LONGEST_FORM_BYTES);
  } catch (error) {
    throw new RangeError(
      `Cannot read topology "${nameOrPath}": ${systemReason(error)}, ` +
        `expected a file or one of: ${topologyNames.join(", ")}`,
    );
  }
  readTopologyFile(text, nameOrPath);
  return { name: nameOrPath, text };
}
