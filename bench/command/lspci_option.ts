/**
 * The option `--lspci FILE|-`: a machine from what lspci printed on it.
 */
import type { CpuDescription } from "../../sim/pci/topology_description.ts";
import {
  type LspciTopology,
  lspciTopology,
} from "../../sim/pci/lspci_topology.ts";
import { STANDARD_INPUT } from "../../sim/workload/open_io_source.ts";
import { LONGEST_FORM_BYTES } from "../files/read_text.ts";
import type { CommandContext } from "../shell/context.ts";
import { ownText } from "./own_text.ts";

/**
 * Reads the output of lspci.
 *
 * @param file Its path, or `-` for standard input.
 * @returns The machine, and what was taken for granted.
 * @throws {RangeError} If it cannot be read, or an option does not fit it.
 * @throws {SyntaxError} If it is not what lspci prints.
 */
export async function readLspciFile(
  file: string,
  told: {
    readonly cpu: CpuDescription | undefined;
    readonly providers: readonly string[] | undefined;
    readonly context: CommandContext;
  },
): Promise<LspciTopology> {
  const { cpu, providers, context } = told;
  const text = await ownText(file, {
    option: "lspci output",
    mostBytes: LONGEST_FORM_BYTES,
    example: "sudo lspci -vvv -nn | lab topology --lspci -",
    expected: 'what "lspci -vvv -nn" prints',
  }, context);
  return file === STANDARD_INPUT
    ? lspciTopology(text, "standard input", { cpu, providers, name: "lspci" })
    : lspciTopology(text, file, { cpu, providers });
}
