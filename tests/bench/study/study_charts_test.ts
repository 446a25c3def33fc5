import { assert, assertEquals } from "@std/assert";
import { main } from "../../../bench/study/charts_command.ts";
import { studyDocument } from "../../../bench/study/study_document.ts";
import { readStudy } from "../../../bench/study/study_file.ts";
import {
  machineCodeIfThere,
  studyPage,
} from "../../../bench/study/study_pictures.ts";
import { inFolder } from "../lab_in_process.ts";

const RESULTS = new URL("../../../bench/results/", import.meta.url);
const FILE = new URL("study.json", RESULTS);

const study = readStudy(await Deno.readTextFile(FILE), "study.json");
const machineCode = await machineCodeIfThere(
  new URL("machine_code.json", RESULTS),
);

Deno.test("the charts beside the study are what the study gives", async () => {
  const drawn = await studyPage(study, machineCode).pictures();
  const names: string[] = [];
  for await (const { name } of Deno.readDir(RESULTS)) {
    // Those of the sweep are made by deno task study:sweep.
    if (name.endsWith(".svg") && !name.startsWith("sweep-")) names.push(name);
  }
  // Make them again with: deno task study:charts --force
  assertEquals(names.sort(), [...drawn.keys()].sort());
  for (const [name, text] of drawn) {
    assert(
      await Deno.readTextFile(new URL(name, RESULTS)) === text,
      `${name} is not what deno task study:charts draws`,
    );
  }
});

Deno.test("the page of the study has its answer, its charts and its tables", () => {
  const parts = studyDocument(study, machineCode);
  assertEquals(parts.map(({ heading }) => heading), [
    "Answer",
    "The layouts",
    "Exact figures",
    "Times",
  ]);
  const names = parts.flatMap(({ sections }) => sections.flat())
    .flatMap((block) =>
      block.kind === "chart" || block.kind === "drawing" ? [block.name] : []
    );
  for (
    const name of ["structs-lp64", "lines", "sizes", "instructions"]
  ) assert(names.includes(name), name);
});

Deno.test("study:charts writes a page of any study, and spares old files", async () => {
  await inFolder(async (folder) => {
    const run = async (args: readonly string[]) => {
      let error = "";
      const status = await main(args, {
        writeOut: () => {},
        writeError: (text) => error += text,
        errorIsTerminal: false,
        color: false,
        signal: new AbortController().signal,
      });
      return { status, error };
    };
    const args = ["--json", FILE.pathname, "--html", `${folder}/a.html`];
    assertEquals(await run(args), { status: 0, error: "" });
    const page = await Deno.readTextFile(`${folder}/a.html`);
    assert(page.includes('download="bvec-lab-study.json.gz"'));
    assert(page.length < 1_500_000, `${page.length}`);
    const again = await run(args);
    assertEquals(again.status, 2);
    assert(again.error.includes("the file exists"), again.error);
    await Deno.writeTextFile(`${folder}/none.json`, "{}");
    const none = await run([
      ...["--json", `${folder}/none.json`, "--html", `${folder}/b.html`],
    ]);
    assertEquals(none.status, 2);
    assert(none.error.includes("expected a study"), none.error);
    const absent = await run(["--json", `${folder}/x`, "--svg", folder]);
    assert(absent.error.includes("expected a study"), absent.error);
  });
});
