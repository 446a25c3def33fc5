import { assertEquals, assertStringIncludes } from "@std/assert";
import { join, relative } from "@std/path";
import { inFolder } from "../lab_in_process.ts";
import { ROOT } from "./audited.ts";

/** A program of a project of its own, with a layout of its own. */
const PROGRAM = `
import { defineLayout, findLayout, runLab } from "@bvec/lab";

const mine = defineLayout({
  name: "mine",
  title: "length before the address",
  source: { author: "me", date: "2026-11-29", subject: "an example" },
  struct: {
    name: "bio_vec",
    packed: true,
    fields: [
      { name: "len", type: "u32" },
      { name: "phys", type: "phys_addr_t" },
    ],
  },
  roles: {
    address: { kind: "phys", field: "phys" },
    length: { field: "len" },
  },
});
const { result, failure } = await runLab({
  layouts: [mine, findLayout("phyr")],
  workloads: ["4k-hot"],
  ios: 20,
  rounds: 0,
  cpu: "none",
});
if (failure) throw failure;
console.log(JSON.stringify(
  result.cells[0]?.layouts.map(({ name, counts }) =>
    [name, counts.bvecBytesPerIo]
  ),
));
`;

/** What bench/guide/library.md names. */
const PERMISSIONS = [
  "--allow-read",
  "--allow-sys",
  "--allow-env=NO_COLOR,DENO_V8_FLAGS",
];

async function deno(folder: string, args: readonly string[]) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: folder,
    stdin: "null",
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

const COUNTS = '[["page_offset",16],["phyr",16],["mine",12]]\n';

Deno.test("a project of its own imports a clone as deno link makes it", async () => {
  await inFolder(async (folder) => {
    const links = [relative(folder, ROOT)];
    await Deno.writeTextFile(
      join(folder, "deno.json"),
      JSON.stringify({ links }),
    );
    await Deno.writeTextFile(join(folder, "compare.ts"), PROGRAM);
    const { code, out, err } = await deno(folder, [
      "run",
      "--no-prompt",
      ...PERMISSIONS,
      "compare.ts",
    ]);
    assertEquals([code, out], [0, COUNTS], err);
  });
});

Deno.test("a program without a project takes the lab's deno.json", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "compare.ts"), PROGRAM);
    const { code, out, err } = await deno(folder, [
      "run",
      "--no-prompt",
      ...PERMISSIONS,
      "--config",
      join(ROOT, "deno.json"),
      "compare.ts",
    ]);
    assertEquals([code, out], [0, COUNTS], err);
  });
});

Deno.test("the path of mod.ts alone is no way in, as the guide says", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(
      join(folder, "compare.ts"),
      PROGRAM.replace('"@bvec/lab"', JSON.stringify(join(ROOT, "mod.ts"))),
    );
    const { code, err } = await deno(folder, ["run", "compare.ts"]);
    assertEquals(code, 1);
    assertStringIncludes(err, "not a dependency");
  });
});
