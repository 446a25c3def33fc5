import { assert, assertEquals, assertThrows } from "@std/assert";
import { Command, Option } from "commander";
import {
  commandTree,
  optionsOf,
} from "../../../bench/command_line/command_tree.ts";
import { shortText } from "../../../bench/command_line/shell_table.ts";
import { connect } from "../../../bench/shell/help.ts";
import { offerOptionNames } from "../../../bench/setup/offered_names.ts";
import { lab } from "../lab_in_process.ts";

const CONTEXT = {
  writeOut: () => {},
  writeError: () => {},
  errorIsTerminal: false,
  color: false,
  signal: new AbortController().signal,
};

Deno.test("commandTree() reads options, values, groups and notes", () => {
  const program = new Command("tool").description("does");
  const command = program.command("go").description("goes")
    .argument("<result.json>", "a result")
    .argument("[more...]", "others")
    .optionsGroup("Kind:")
    .addOption(new Option("--kind <name>", "which").choices(["a", "b"]))
    .option("--struct <file[:name]>", "a struct")
    .option("--html [file]", "a page")
    .option("--list <names>", "some")
    .option("--svg <folder>", "charts")
    .option("--n <n>", "a number", "3")
    .addHelpText("after", "\nA note.");
  offerOptionNames(command, { "list:--list": ["x", "y"] });
  connect(program, CONTEXT);
  const tree = commandTree(program);
  const [go] = tree.commands;
  assert(go !== undefined);
  assertEquals(go.words, ["tool", "go"]);
  assertEquals(go.notes.trim(), "A note.");
  assertEquals(go.groups.map(({ title }) => title), ["Kind", "Other"]);
  assertEquals(
    go.args.map(({ placeholder, isOptional, isVariadic, path }) => [
      placeholder,
      isOptional,
      isVariadic,
      path,
    ]),
    [["result.json", false, false, "file"], ["more", true, true, undefined]],
  );
  assertEquals(
    optionsOf(go).map(({ flags, text, value }) => [
      flags.join(),
      text,
      value && [value.isOptional, value.isList, value.path, ...value.names],
    ]),
    [
      ["--kind", "which: a, b", [false, false, undefined, "a", "b"]],
      ["--struct", "a struct", [false, false, "file"]],
      ["--html", "a page", [true, false, "file"]],
      ["--list", "some", [false, true, undefined, "x", "y"]],
      ["--svg", "charts", [false, false, "folder"]],
      ["--n", "a number (default: 3)", [false, false, undefined]],
      ["-h,--help", "print this help", undefined],
    ],
  );
});

Deno.test("offerOptionNames() refuses an option that a command does not have", () => {
  assertThrows(
    () => offerOptionNames(new Command("a"), { "--b": [] }),
    TypeError,
    "Cannot offer names of --b",
  );
});

Deno.test("shortText() is the first phrase, at most 60 characters", () => {
  assertEquals(shortText("a: b (default: c)"), "a: b");
  assertEquals(shortText("which: js, native"), "which");
  assertEquals(shortText("depth; 0: none"), "depth");
  assertEquals(shortText("x".repeat(70)).length, 60);
});

Deno.test("every name that is offered for an option is one that it takes", async () => {
  // As bash would offer them, and as the option reads them.
  const { out } = await lab(["completions", "bash"]);
  const offers = [
    ...out.matchAll(/^ {4}'(.*?)'\) _lab_offer \w+ \w+ (.*) ;;$/gm),
  ];
  assert(offers.length > 20);
  let tried = 0;
  for (const [, keys = "", names = ""] of offers) {
    const key = keys.split("'|'").find((one) => one.startsWith("run --"));
    if (key === undefined) continue;
    const [, flag = ""] = key.split(" ");
    for (const name of names.split(" ").filter((name) => !/=$/.test(name))) {
      // What is wrong of the option is told before what is wrong of the trace.
      const { err } = await lab(["run", flag, name, "--workload", "none.such"]);
      assert(
        /none\.such|Cannot use|needs|expected/.test(err) &&
          !/Cannot (find (?!workload)|use --)/.test(err),
        `${flag} ${name}: ${err}`,
      );
      tried++;
    }
  }
  assert(tried > 60, String(tried));
});
