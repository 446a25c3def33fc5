/**
 * The command that makes a result again.
 */
import type { LabResult, ResultCell } from "../result.ts";

/**
 * Gives the command line that repeats a run: the one that the result carries
 * as `config.command`, or else one made from its cells.
 *
 * @param result The result.
 * @returns One line, ready for a shell.
 */
export function repeatCommand(result: LabResult): string {
  const { config, cells, seed } = result;
  if (typeof config.command === "string") return config.command;
  const all = (pick: (cell: ResultCell) => string | undefined) => [
    ...new Set(cells.flatMap((cell) => pick(cell) ?? [])),
  ];
  const words = ["deno task lab run"];
  const add = (option: string, values: readonly (string | number)[]) => {
    if (values.length > 0) words.push(option, quote(values.join(",")));
  };
  const layouts = new Set(
    cells.flatMap((cell) => cell.layouts.map(({ name }) => name)),
  );
  for (const names of shortLists([...layouts])) add("--layout", names);
  add("--abi", all((cell) => cell.abi));
  for (const workload of all((cell) => cell.workload)) {
    add("--workload", [workload]);
  }
  add("--recognise", all((cell) => cell.recognition));
  add("--engine", all((cell) => cell.engine));
  add("--kernel", all((cell) => cell.kernel));
  const rounds = cells.flatMap((cell) => cell.rounds ?? []);
  if (rounds.length > 0) add("--rounds", [Math.max(...rounds)]);
  const births = cells.flatMap((cell) => cell.births ?? []);
  if (births.length > 0) add("--births", [Math.max(...births)]);
  const { cpu } = config as { cpu?: string | { name?: string } };
  const cpuName = typeof cpu === "object" ? cpu?.name : cpu;
  if (cpuName !== undefined) add("--cpu", [cpuName]);
  add("--seed", [seed]);
  return words.join(" ");
}

/** Lists that still fit a line of a mail; the option may be repeated. */
function shortLists(names: readonly string[]): string[][] {
  const lists: string[][] = [];
  for (const name of names) {
    const last = lists.at(-1);
    if (last === undefined || [...last, name].join(",").length > 48) {
      lists.push([name]);
    } else last.push(name);
  }
  return lists;
}

function quote(word: string): string {
  return /^[\w.,:/=+-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}
