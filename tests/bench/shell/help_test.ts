import { assert, assertEquals, assertMatch } from "@std/assert";
import config from "../../../deno.json" with { type: "json" };
import type { CommandContext } from "../../../bench/shell/context.ts";
import { EXAMPLES } from "../../../bench/shell/examples.ts";
import { commands } from "../../../bench/command/registry.ts";
import { SUMMARIES } from "../../../bench/command/summaries.ts";
import { fuzzMain } from "../../../bench/fuzz/command.ts";
import { kernelMain } from "../../../bench/kernel/command.ts";
import { main as labMain } from "../../../bench/lab.ts";
import { oracleMain } from "../../../bench/oracle/command.ts";
import { soakMain } from "../../../bench/soak/command.ts";
import { main as studyMain } from "../../../bench/study/command.ts";
import { captured } from "../captured.ts";

type Main = (
  args: readonly string[],
  context: CommandContext,
) => Promise<number>;

const NOWHERE: CommandContext = {
  writeOut: () => {},
  writeError: () => {},
  errorIsTerminal: false,
  color: false,
  signal: new AbortController().signal,
};

/** Every command of the project: what runs it, and the words that name it. */
const COMMANDS: readonly (readonly [Main, ...string[]])[] = [
  [labMain],
  ...commands.map(({ name }) => [labMain, name] as const),
  ...["oracle", "fuzz", "soak", "study"]
    .map((name) => [labMain, "check", name] as const),
  [oracleMain],
  [studyMain],
  [(args, context) =>
    fuzzMain(args, { ...context, clock: () => 0, residentBytes: () => 0 })],
  [kernelMain],
  [kernelMain, "run"],
  [kernelMain, "compare"],
  [(args, context) => soakMain(args, { ...context, residentBytes: () => 0 })],
];

const ran = (main: Main, args: readonly string[]) =>
  captured((context) => main(args, context));

Deno.test("every command prints its help with -h and --help, at 80 columns", async () => {
  for (const [main, ...words] of COMMANDS) {
    const { status, out, err } = await ran(main, [...words, "-h"]);
    assertEquals([status, err], [0, ""], words.join(" "));
    assertEquals(out.split("\n").filter((line) => line.length > 80), []);
    assertEquals((await ran(main, [...words, "--help"])).out, out);
    assertMatch(out, /-h, --help +print this help/);
    // Every option stands under its subject.
    assertEquals(/^Options:$/m.test(out), false, out);
    // No value of the code, no path of the machine that wrote it.
    assertEquals(/default: (false|true|\[|")/.test(out), false, out);
    assertEquals(/\.\.\/|\/work\/|undefined/.test(out), false, out);
    // Each option is a phrase that begins small, unless with a name.
    for (const [, text = ""] of out.matchAll(/^ {2}-.*? {2,}(\S.*)$/gm)) {
      assertMatch(text, /^([a-z\d]|I\/O|ABI|PCI|P2P|C |ELF|JSON|SGL|Q,)/, text);
    }
  }
});

Deno.test("help behind an option of the default command is that command's", async () => {
  const { out } = await ran(labMain, ["run", "--help"]);
  for (const words of [["--details", "--help"], ["--rounds", "0", "-h"]]) {
    assertEquals(await ran(labMain, words), { status: 0, out, err: "" });
  }
  for (const word of ["-h", "--help"]) {
    assertMatch((await ran(labMain, [word])).out, /^Usage: lab \[options\] \[/);
  }
});

Deno.test("help says what things are called in English", async () => {
  const odd = [
    "anew",
    "unless told",
    "by comma",
    "goes on with",
    "go on with",
    "of one's own",
    "rooms",
    "a layout)",
    " a build",
  ];
  for (const [main, ...words] of COMMANDS) {
    const { out } = await ran(main, [...words, "-h"]);
    for (const word of odd) assert(!out.includes(word), `${word}: ${out}`);
  }
});

Deno.test("every command prints its version", async () => {
  for (const [main, ...words] of COMMANDS) {
    assertEquals(await ran(main, [...words, "--version"]), {
      status: 0,
      out: `bvec-lab ${config.version}\n`,
      err: "",
    }, words.join(" "));
  }
});

Deno.test("every task that is a tool of the project has --version and --help", async () => {
  let tools = 0;
  const tasks: Readonly<
    Record<string, { description: string; command?: string }>
  > = config.tasks;
  for (const [name, { command }] of Object.entries(tasks)) {
    // deno bench, deno test and the others have words of their own.
    for (
      const [, file = ""] of command?.matchAll(/deno run .*?(\S+\.ts)/g) ?? []
    ) {
      const text = await Deno.readTextFile(
        new URL(`../../../${file}`, import.meta.url),
      );
      // Both connect() it to what every command has.
      assertMatch(text, /\brunToStatus\(|\bconnect\(/, name);
      tools++;
    }
  }
  assert(tools >= 14, String(tools));
});

Deno.test("every command refuses an option that it does not have", async () => {
  for (const [main, ...words] of COMMANDS) {
    const needed = main === kernelMain && words[0] === "run"
      ? ["--kernel", "none"]
      : [];
    const args = [...words, ...needed, "--verison"];
    const { status, out, err } = await ran(main, args);
    assertEquals([status, out], [2, ""], words.join(" "));
    assertMatch(
      err,
      /Cannot use --verison: found no such option \(nearest: --version\)/,
    );
  }
});

Deno.test("a command loads itself alone, and a list of all loads none", async () => {
  const loaded: string[] = [];
  const loads = commands.map(({ load }) => load);
  const put = (at: number, load: typeof loads[number]) =>
    Object.assign(commands[at] ?? {}, { load });
  commands.forEach(({ name, load }, at) =>
    put(at, () => {
      loaded.push(name);
      return load();
    })
  );
  const loadedBy = async (...words: string[]) => {
    loaded.length = 0;
    const { status } = await ran(labMain, words);
    assertEquals(status, 0, words.join(" "));
    return loaded.join(" ");
  };
  try {
    assertEquals(await loadedBy("--help"), "");
    assertEquals(await loadedBy("help"), "");
    assertEquals(await loadedBy("--version"), "");
    assertEquals(await loadedBy("heat", "--help"), "heat");
    assertEquals(await loadedBy("help", "layouts"), "layouts");
    assertEquals(await loadedBy("--details", "--help"), "run");
    const all = commands.map(({ name }) => name).join(" ");
    assertEquals(await loadedBy("man"), all);
    assertEquals(await loadedBy("completions", "bash"), all);
  } finally {
    loads.forEach((load, at) => put(at, load));
  }
});

Deno.test("every command has examples, of options that it has", async () => {
  for (const { name, load } of commands) {
    const command = (await load())(NOWHERE, () => {});
    assertEquals(command.name(), name);
    assertEquals(command.description(), SUMMARIES[name]);
    const examples = EXAMPLES[command.name()] ?? [];
    assert(examples.length > 0, command.name());
    const known = command.options.map(({ long }) => long);
    for (const [line] of examples) {
      const [, words = ""] = /deno task (?:--quiet )?lab\b(.*)/.exec(line) ??
        [];
      // A tool of lab check has options of its own.
      if (words.startsWith(" check ")) continue;
      for (const [flag] of words.matchAll(/(?<= )--[a-z-]+/g)) {
        assert(known.includes(flag), `${line}: ${flag}`);
      }
    }
    const { out } = await ran(labMain, [command.name(), "--help"]);
    assert(out.includes("\nExamples:\n  # "), out);
  }
});

Deno.test("lab run --help has its options by subject", async () => {
  const { out } = await ran(labMain, ["run", "--help"]);
  const groups = out.match(/^[A-Z].*:$/gm);
  assertEquals(groups, [
    "What is compared:",
    "Workload:",
    "How I/O is submitted:",
    "Machine:",
    "Simulated time and faults:",
    "Measuring:",
    "Output:",
    "Other:",
    "Examples:",
  ]);
  // No group is too long to be read.
  const sizes = out.split(/^[A-Z].*:$/m).slice(1).map((text) =>
    text.match(/^ {2}-/gm)?.length ?? 0
  );
  assert(Math.max(...sizes) <= 20, sizes.join());
});

Deno.test("an option that has another name now is refused with that name", async () => {
  for (const main of [labMain, studyMain]) {
    const { status, out, err } = await ran(main, ["--births", "3"]);
    assertEquals([status, out], [2, ""]);
    assertEquals(
      err,
      `${
        main === labMain ? "lab" : "study"
      }: Cannot use --births: found its old name, expected --builds\n`,
    );
  }
});
