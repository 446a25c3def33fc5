/** An NVMe command as text: its data pointer, PRPs or SGL descriptors. */
import type { ExplainedCommand } from "./explanation.ts";
import { plural } from "../../sim/text/plural.ts";
import { shortened, spaced } from "./shorten.ts";

/** Groups of four bytes of the command that hold the data pointer. */
const DATA_POINTER = { from: 6, to: 10 } as const;

export function renderCommand(command: ExplainedCommand): string[] {
  const words = spaced(command.bytes).split(" ");
  const pointer = words.slice(DATA_POINTER.from, DATA_POINTER.to).join(" ");
  return [
    `    command for blocks ${command.firstBlock} + ${command.blocks}; its data ` +
    `pointer, byte 24 on:`,
    `      ${pointer}`,
    ...(command.kind === "prp" ? prpLines(command) : sglLines(command)),
  ];
}

function prpLines({ prp1, prp2, pages, listPages }: ExplainedCommand) {
  const lists = plural(listPages.length, "list page");
  const entries = plural(pages.length - 1, "entry", "entries");
  const second = listPages.length > 0
    ? `${prp2}, a list: ${entries} in ${lists}`
    : pages.length === 1
    ? `${prp2}: one page is all`
    : `${prp2}, the second page`;
  return [
    `      PRP1 ${prp1}`,
    `      PRP2 ${second}`,
    ...(listPages.length === 0 ? [] : shortened(
      pages.slice(1),
      {
        first: 2,
        last: 1,
        what: "entry",
        plural: "entries",
        indent: "        ",
      },
      (page, index) => [`        [${index}] ${page}`],
    )),
  ];
}

function sglLines({ descriptors, sglList }: ExplainedCommand) {
  return [
    sglList === null
      ? "      one SGL descriptor, inside the command"
      : `      SGL: ${plural(descriptors.length, "descriptor")} of 16 bytes ` +
        `at ${sglList.address}`,
    ...shortened(
      descriptors,
      { first: 2, last: 1, what: "descriptor", indent: "        " },
      ({ address, lengthBytes }, index) => [
        `        [${index}] ${address}, ${lengthBytes} bytes`,
      ],
    ),
  ];
}
