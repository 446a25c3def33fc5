/** What tests of lspci's output share: recorded and imaginary machines. */
import { assertThrows } from "@std/assert";
import {
  type LspciOptions,
  lspciTopology,
} from "../../../sim/pci/lspci_topology.ts";

/** Reads samples of tests/data/lspci, one behind the other. */
export async function sample(...names: string[]): Promise<string> {
  const texts = names.map(async (name) => {
    const url = new URL(`../../data/lspci/${name}`, import.meta.url);
    const bytes = await Deno.readFile(url);
    const blob = new Blob([bytes]);
    return name.endsWith(".gz")
      ? await new Response(
        blob.stream().pipeThrough(new DecompressionStream("gzip")),
      ).text()
      : await blob.text();
  });
  return (await Promise.all(texts)).join("");
}

/** Reads a text as a file "x.txt". */
export function read(text: string, options: LspciOptions = {}) {
  return lspciTopology(text, "x.txt", options);
}

/** The complaint about a text, behind the name of the file. */
export function complaint(text: string, options: LspciOptions = {}): string {
  const { message } = assertThrows(() => read(text, options), Error);
  return message.replace('Cannot read lspci output "x.txt": ', "");
}

/** A host bridge, a root port above bus 1, and what is added. */
export function machine(...more: string[]): string {
  return [
    "00:00.0 Host bridge [0600]: Intel Corporation X [8086:2020] (rev 04)",
    "00:01.0 PCI bridge [0604]: Intel Corporation Port [A] [8086:2030]",
    "\tBus: primary=00, secondary=01, subordinate=03, sec-latency=0",
    ...more,
    "",
  ].join("\n");
}
