/**
 * The option `--lspci FILE|-`: a machine from what lspci printed on it.
 */
import type { CpuDescription } from "../../sim/pci/topology_description.ts";
import {
  type LspciTopology,
  lspciTopology,
} from "../../sim/pci/lspci_topology.ts";
import {
  LONGEST_FORM_BYTES,
  readStreamText,
  readText,
} from "../files/read_text.ts";
import { systemReason } from "../files/system_reason.ts";
import type { CommandContext } from "../shell/context.ts";

/** What stands for standard input. */
const STDIN = "-";

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
  const options = {
    cpu,
    providers,
  };
  if (file !== STDIN) {
    return lspciTopology(await textOf(file), file, options);
  }
  const input = context.stdin ?? Deno.stdin;
  if (input.isTerminal()) {
    throw new RangeError(
      `Cannot read lspci output "${STDIN}": standard input is a terminal, ` +
        "expected a pipe such as sudo lspci -vvv -nn | lab topology --lspci -",
    );
  }
  const text = await complain(
    STDIN,
    () => readStreamText(input.readable, LONGEST_FORM_BYTES),
  );
  return lspciTopology(text, "standard input", { ...options, name: "lspci" });
}

function textOf(file: string): Promise<string> {
  return complain(file, () => readText(file, LONGEST_FORM_BYTES));
}

async function complain(
  file: string,
  read: () => Promise<string>,
): Promise<string> {
  try {
    return await read();
  } catch (error) {
    throw new RangeError(
      `Cannot read lspci output "${file}": ${systemReason(error)}, expected ` +
        'what "lspci -vvv -nn" prints',
    );
  }
}
