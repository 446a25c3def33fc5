/**
 * A file of results can be a stranger's: whatever text stands anywhere in it,
 * no report holds a command, markup, a formula, an escape sequence or a line of
 * the stranger's making.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "@std/csv";
import { lab } from "../lab_in_process.ts";
import type { LabResult } from "../../../bench/result/result.ts";
import { renderPage } from "../../../bench/report/html.ts";
import { exporters } from "../../../bench/report/registry.ts";
import {
  DROPPED_OPTIONS,
  REPEATED_OPTIONS,
} from "../../../bench/report/repeating_words.ts";
import { splitWords } from "../../../bench/text/shell_words.ts";
import { renderBreakdown } from "../../../bench/report/breakdown_text.ts";
import { renderCell, renderFoot } from "../../../bench/report/text.ts";
import {
  asResult,
  changed,
  FILE,
  free,
  FULL,
  HOSTILE,
  hostile,
  ofCell,
  undrawn,
  WILD,
} from "./hostile_result.ts";

function checkMarkdown(text: string, told: string): void {
  let columns = 0;
  for (const line of text.split("\n")) {
    const bare = line.replaceAll(/\\[!-/:-@[-`{-~]/g, "x");
    const isRow = bare.startsWith("|");
    assertEquals(/[<>`[\]*_~{}&$]/.exec(bare)?.[0], undefined, told + line);
    assertEquals(/:\/\/|www\.|@[\w]/i.exec(bare)?.[0], undefined, told + line);
    assertEquals(bare.replace(/^### /, "").includes("#"), false, told + line);
    if (isRow) {
      const cells = bare.split("|").length;
      if (columns === 0) columns = cells;
      assertEquals(cells, columns, told + line);
    } else {
      columns = 0;
      assertEquals(bare.includes("|"), false, told + line);
      assertEquals(/^( {4}|[-+=]|\d+[.)])/.test(bare), false, told + line);
    }
  }
}

function checkCsv(text: string, told: string): void {
  const rows = parse(text) as string[][];
  assert(rows.length > 1, told);
  for (const row of rows) {
    assertEquals(row.length, rows[0]?.length, told);
    for (const field of row) {
      const isNumber = field !== "" && Number.isFinite(Number(field));
      if (isNumber) continue;
      assertEquals(
        /(^|[;|\n])\s*[=+\-@\uff1d]/.test(field),
        false,
        told + field,
      );
    }
  }
}

/** The lines of the command at the end of a mail. */
function commandOf(text: string): string[] {
  const lines = text.trimEnd().split("\n");
  return lines.slice(
    lines.findLastIndex((line) => line.startsWith("deno task lab")),
  );
}

function checkMail(text: string, told: string): void {
  // What a shell takes for a comment, verify takes for the code.
  const command = commandOf(text).filter((line) => !/^ *# exact v/.test(line))
    .map((line) => line.replace(/ {2}# exact v1 \d+ [0-9a-f]{16}$/, ""));
  assert(command.slice(0, -1).every((line) => line.endsWith(" \\")), told);
  const words = splitWords(command.join("\n").replaceAll(/ \\\n/g, " "));
  assertEquals(words[0], "deno", told);
  assertMatch(words[2] ?? "", /^lab(:native)?$/, told);
  assertEquals([words[1], words[3]], ["task", "run"], told);
  for (let i = 4; i < words.length; i++) {
    const [name = ""] = (words[i] as string).split("=");
    const follows = REPEATED_OPTIONS.get(name);
    assert(follows !== undefined, `${told}${words.join(" ")}`);
    if (!words[i]?.includes("=")) i += follows;
  }
}

const CHECKS: Record<string, (text: string, told: string) => void> = {
  answer: () => {},
  text: () => {},
  json: (text) => void JSON.parse(text),
  mail: checkMail,
  markdown: checkMarkdown,
  csv: checkCsv,
};

function checkAll(result: LabResult, told: string): void {
  for (const { name, render } of exporters) {
    // With all that a report can have.
    const text = render(result, { by: "structure" });
    const what = `${name} of ${JSON.stringify(told)}: `;
    assertEquals(WILD.exec(text.replaceAll("\r\n", "\n")), null, what);
    const check = CHECKS[name];
    assert(check !== undefined, `no check of ${name}`);
    check(text, what);
  }
}

Deno.test("the result that is made hostile has everything that reports show", () => {
  const paths = [...free.keys()];
  for (
    const path of [
      ".tool.version",
      ".environment.cpuModel",
      ".environment.commit",
      ".environment.v8Flags",
      ".config.command",
      ".config.workloads[]",
      ".warnings[].message",
      ".cells[].workload",
      ".cells[].setting",
      ".cells[].skippedByReason.header (key)",
      ".cells[].layouts[].name",
      ".cells[].layouts[].modelled.levels[].name",
      ".cells[].agreement.words",
      ".cells[].simulated.plan",
      ".cells[].simulated.layouts[].statuses.OK (key)",
      ".cells[].workers.scaling[].layout",
      ".cells[].leftOut[].reason",
    ]
  ) {
    assert(paths.includes(path), `${path} is not among ${paths.length}`);
  }
  assert(paths.length > 150, `${paths.length}`);
});

Deno.test("no text of a stranger's result becomes a command, markup or a formula", () => {
  for (const before of HOSTILE) checkAll(hostile(before), before);
  for (const path of free.keys()) {
    checkAll(hostile("=<i>\n`$(touch pwned)`|\u001b", path), path);
  }
});

Deno.test("no value of another type ends a report, or is printed as it is", async () => {
  const places = new Set<string>();
  let taken = 0;
  for (const from of [0, 1, 2].map(ofCell)) {
    const paths: string[][] = [];
    const walk = (value: unknown, path: readonly string[], place: string) => {
      if (path.length > 0 && !places.has(place)) paths.push([...path]);
      places.add(place);
      if (typeof value !== "object" || value === null) return;
      for (const [key, inner] of Object.entries(value)) {
        const own = Array.isArray(value) ? "[]" : `.${key}`;
        walk(inner, [...path, key], place + own);
      }
    };
    walk(from, [], "");
    // One copy, in which each place has its own value again afterwards.
    const copy = structuredClone(from);
    for (const path of paths) {
      const parent = path.slice(0, -1)
        .reduce((at, key) => Reflect.get(at, key), copy as object);
      const key = path.at(-1) as string;
      const own = Reflect.get(parent, key);
      for (const value of [undefined, {}, Infinity]) {
        // As a file gives it back, 1e400 among it.
        if (value !== undefined) Reflect.set(parent, key, value);
        else if (Array.isArray(parent)) Reflect.set(parent, key, null);
        else Reflect.deleteProperty(parent, key);
        const result = asResult(copy);
        if (result === undefined) continue;
        taken++;
        const texts = [
          ...exporters.filter(({ name }) => name !== "json")
            .map(({ render }) => render(result, { by: "stage" })),
          ...result.cells.map((cell) => renderBreakdown(cell, "stage")),
          // Without what the link to the data holds.
          (await renderPage(result, { by: "stage" }, undrawn))
            .replaceAll(/href="data:[^"]*"/g, ""),
        ];
        for (const text of texts) {
          assertEquals(
            /NaN|undefined|Infinity|\[object/.exec(text)?.[0],
            undefined,
            `${path.join(".")} of ${value}`,
          );
        }
      }
      Reflect.set(parent, key, own);
    }
  }
  assert(places.size > 400, `${places.size}`);
  assert(taken > 300, `${taken}`);
});

Deno.test("no text of a stranger's result makes a line of its own", () => {
  const lines = (text: string) => text.split("\n").length;
  for (const { name, render } of exporters) {
    // CSV has line feeds inside of quotes, which are no lines of the file.
    if (name === "csv") continue;
    assertEquals(
      lines(render(hostile("a\nb"))),
      lines(render(hostile("a b"))),
      name,
    );
  }
  const printed = (result: LabResult) =>
    result.cells.map((cell) =>
      renderCell(cell) + renderBreakdown(cell, "stage")
    ).join("") + renderFoot(result);
  assertEquals(lines(printed(hostile("a\nb"))), lines(printed(hostile("a b"))));
});

Deno.test("a shell takes the command of a stranger's mail for words alone", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const mail = exporters.find(({ name }) => name === "mail");
    const script = [
      "deno() { :; }",
      ...HOSTILE.flatMap((before) =>
        commandOf(mail?.render(hostile(before)) ?? "")
      ),
    ].join("\n");
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: ["-eu", "-c", script],
      cwd: folder,
    }).output();
    const decoder = new TextDecoder();
    assertEquals(
      [code, decoder.decode(stdout), decoder.decode(stderr)],
      [0, "", ""],
    );
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("compare prints no line of a stranger's", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const compared = async (before: string) => {
      await Deno.writeTextFile(
        `${folder}/other.json`,
        // Names that identify a cell stay, so that there is one in common.
        JSON.stringify(changed(FULL, (text, path) =>
          free.has(path) &&
            !/^\.cells\[\]\.(workload|abi|recognition|engine|kernel)$/
              .test(path)
            ? before + text
            : text)),
      );
      return await lab([
        ...["compare", FILE, `${folder}/other.json`, "--force"],
      ]);
    };
    const lines = (text: string) => text.split("\n").length;
    const plain = await compared("a b");
    const found = await compared("a\nb");
    assertEquals(found.status, plain.status);
    assertEquals(lines(found.out), lines(plain.out));
    assertEquals(lines(found.err), lines(plain.err));
    const wild = await compared("\u001b[31m\u202e");
    assertEquals(WILD.exec(wild.out + wild.err), null);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("every option of lab run is one that is repeated or one that is not", async () => {
  const { out } = await lab(["run", "--help"]);
  const options = [...out.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)]
    .map(([, name]) => name as string).filter((name) =>
      name !== "--help" && name !== "--faults"
    );
  assert(options.length > 40);
  const known = [...REPEATED_OPTIONS.keys(), ...DROPPED_OPTIONS.keys()];
  assertEquals(
    [...new Set([...options, "--faults"])].sort(),
    known.sort(),
  );
});
