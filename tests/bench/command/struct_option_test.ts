import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readResult } from "../../../bench/result/read_result.ts";
import { exporters } from "../../../bench/report/registry.ts";
import type { Captured } from "../captured.ts";
import { inFolder, lab } from "../lab_in_process.ts";

/** The struct as the mail of 26 June 2019 has it. */
const MAIL = `> 	struct bio_vec {
> 		phys_addr_t	paddr;	// 64-bit on 64-bit systems
> 		unsigned long	len;
> 	};
`;

/** One with an option of the kernel, and thus two variants. */
const OPTIONAL = `struct seg {
	phys_addr_t addr;
	u32 len;
#ifdef CONFIG_PCI_P2PDMA
	u32 flags;
#endif
};
`;

const EXACT = [
  ...["--ios", "20", "--rounds", "0", "--cpu", "none", "--counts", "off"],
];

async function withFiles(
  files: Readonly<Record<string, string>>,
  work: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  await inFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await work((name) => `${folder}/${name}`);
  });
}

function piped(args: readonly string[], text: string): Promise<Captured> {
  return lab(args, undefined, new Blob([text]).stream());
}

Deno.test("lab layouts --struct - shows the struct of the 2019 mail as it is: no hole behind an unsigned long", async () => {
  const { status, out, err } = await piped(["layouts", "--struct", "-"], MAIL);
  assertEquals(status, 0, err);
  const [row] = out.split("\n").filter((line) => line.startsWith("bio_vec "));
  // phys_addr_t and long: 8 + 8, 4 + 4, with PAE 8 + 4; with LPAE, where u64
  // is aligned to 8, 4 more behind them.
  assertEquals(row?.split(/\s{2,}/), [
    ...["bio_vec", "16/8", "16/8", "8/4"],
    ...["12/4", "16/8 (4)", "8/4"],
  ]);
  assertStringIncludes(out, "\tunsigned long              len;       ");
  assertStringIncludes(
    out,
    " * Roles: address paddr (phys), length len\n" +
      " * No member is a flag for P2P memory; unused for one: no byte\n",
  );
  assertEquals(
    err,
    "lab: bio_vec, {paddr, len} of stdin:1: address paddr (type phys_addr_t), " +
      "length len (name len); no member is a flag for P2P memory; unused for " +
      "one: no byte on lp64, lp64_be, ilp32, ilp32_pae, ilp32_be; 4 bytes on " +
      "ilp32_lpae\n",
  );
});

Deno.test("lab layouts --struct --json has sizes, offsets and roles of each ABI", async () => {
  const args = ["layouts", "--struct", "-", "--json", "-", "--quiet"];
  const { out } = await piped(args, MAIL);
  const { layouts } = JSON.parse(out);
  assertEquals(
    layouts.map((row: { sizeBytes: number; holeBytes: number }) => [
      row.sizeBytes,
      row.holeBytes,
    ]),
    [[16, 0], [16, 0], [8, 0], [12, 0], [16, 4], [8, 0]],
  );
  assertEquals(layouts[0].roles.address, { kind: "phys", field: "paddr" });
});

Deno.test("lab run --struct takes several structs and all variants through the whole run, and every report says what they are", async () => {
  await withFiles({ "mail.txt": MAIL, "seg.h": OPTIONAL }, async (path) => {
    const { status, out, err } = await lab([
      ...["run", "--struct", `${path("mail.txt")},${path("seg.h")}`],
      ...["--workload", "128k-scattered", "--json", path("r.json"), ...EXACT],
      ...["--layout", "phys_packed"],
      ...["--role", "seg:flag=flags:3", "--abi", "ilp32_pae"],
    ]);
    assertEquals(status, 0, err);
    const text = await Deno.readTextFile(path("r.json"));
    const result = readResult(text, "r.json");
    assertEquals(
      result.cells.map(({ layouts }) =>
        layouts.map((one) => [one.name, one.counts.bvecBytesPerIo])
      ),
      // 32 segments of 12, 8 + 4 packed, 12, 12 and 16 bytes, and 32 page
      // pointers of 4 bytes that extraction stages behind them.
      [[
        ["page_offset", 384 + 128],
        ["phys_packed", 384 + 128],
        ["bio_vec", 384 + 128],
        ["seg", 384 + 128],
        ["seg+PCI_P2PDMA", 512 + 128],
      ]],
    );
    // What `sha256sum` says of the two files.
    assertEquals(result.inputs, [
      await inputAt(path("mail.txt")),
      await inputAt(path("seg.h")),
    ]);
    assertStringIncludes(err, "flag flags:3 (--role)");
    assertStringIncludes(out, "deno task lab run --struct ");
    const words = "paddr; unsigned long len;";
    for (const { name, render } of exporters) {
      if (name === "csv") continue; // rows of figures
      const shown = render(result).replaceAll(/\s+/g, " ");
      const wanted = name === "json" ? '"unsigned long"' : words;
      assert(shown.includes(wanted), `${name}: ${shown.slice(-3000)}`);
    }
  });
});

Deno.test("two structs of one name get different ones", async () => {
  const a = "struct bio_vec { phys_addr_t addr; u32 len; };";
  await withFiles({ "one.h": a, "two.h": MAIL, "b+.h": a }, async (path) => {
    const { out } = await lab([
      ...["layouts", "--abi", "ilp32", "--quiet", "--struct"],
      ["one.h", "two.h", "b+.h"].map(path).join(","),
    ]);
    const rows = out.split("\n").filter((line) => /^bio_vec/.test(line));
    assertEquals(rows.map((row) => row.split(" ")[0]), [
      ...["bio_vec", "bio_vec_two", "bio_vec_b_"],
    ]);
    const both = `${a}\nstruct other { struct page *p; u32 len, offset; };`;
    await Deno.writeTextFile(path("both.h"), both);
    const named = await lab([
      ...["layouts", "--abi", "ilp32", "--quiet"],
      ...["--struct", `${path("both.h")}:bio_vec`],
      ...["--struct", `${path("both.h")}:other@2`],
    ]);
    assertStringIncludes(named.out, "\nother                      12/4\n");
  });
});

Deno.test("lab explain and lab heat take one struct, and say which where there are two", async () => {
  await withFiles({ "seg.h": OPTIONAL }, async (path) => {
    const on = ["--workload", "64k-mixed", "--recognise", "segment", "--quiet"];
    const struct = ["--struct", path("seg.h")];
    const explained = await lab([
      ...["explain", ...on, ...struct, "--config", "PCI_P2PDMA"],
    ]);
    assertEquals(explained.status, 0, explained.err);
    assertStringIncludes(explained.out, "Layout seg on lp64, ");
    assertStringIncludes(explained.out, "flags at 12 = 0x0");
    const both = await lab(["explain", ...on, ...struct]);
    assertEquals([both.status, both.out], [2, ""]);
    assertStringIncludes(both.err, "found seg, seg+PCI_P2PDMA of --struct");
    const heat = await lab([
      ...["heat", ...struct, "--config", "PCI_P2PDMA=n", "--ios", "2"],
      ...["--structure", "bio_vec", "--quiet"],
    ]);
    assertStringIncludes(heat.out, "bio_vec of seg, randrw4k, lp64");
    // The default's name is a second layout, too, where somebody typed it.
    for (const command of ["explain", "heat"]) {
      for (const layout of ["phyr", "page_offset"]) {
        const two = await lab([
          ...[command, ...struct, "--config", "PCI_P2PDMA"],
          ...["--layout", layout, "--quiet"],
        ]);
        assertEquals([two.status, two.out], [2, ""]);
        assertEquals(
          two.err,
          `lab: Cannot combine --struct with --layout ${layout}: found two ` +
            "layouts, expected one\n",
        );
      }
    }
  });
});

Deno.test("lab says where C of --struct is wrong and what helps, before anything runs", async () => {
  const GOOD = "phys_addr_t addr; u32 len;";
  const files = {
    "prose.txt": "Hello, this is a mail without a struct.",
    "self.h": `struct s { ${GOOD} struct s x; };`,
    "ring.h": "struct a { struct b x; };\nstruct b { struct a y; };",
    "flex.h": `struct s {\n ${GOOD}\n u8 tail[];\n};`,
    "type.h": `struct s {\n ${GOOD}\n foo_t x;\n};`,
    "good.h": `struct s { ${GOOD} };`,
  };
  await withFiles(files, async (path) => {
    const CASES: [string[], string][] = [
      [[path("prose.txt")], "prose.txt, line 1, column 1: found no struct"],
      [[path("self.h")], "found struct s, which contains itself"],
      [[path("ring.h")], "found each struct inside another one: struct a"],
      [[path("good.h"), "--config", "X,X=n"], "found it both set and not set"],
      [[path("flex.h")], 'line 3, column 5: found member "tail", which is a'],
      [[path("type.h")], "or --type foo_t=TYPE, such as u64"],
      [[path("none.h")], 'none.h": no such file, expected a file with a'],
      [[path("good.h:t")], 'found no struct "t" but struct s (line 1)'],
      [[path("good.h"), "--role", "t:flag=none"], 'found no struct "t"'],
      [[path("good.h"), "--role", "flag=nope"], 'found field "nope"'],
      [[path("good.h"), "--role", " "], "Cannot use --role: found nothing"],
      [[path("good.h"), "--define", "N"], "expected one such as MAX_SEGS=4"],
      [["-", "--workload", "-"], "Cannot read standard input twice"],
      [[`${path("good.h")},${path("self.h")}`], "which contains itself"],
    ];
    for (const [words, message] of CASES) {
      const { status, out, err } = await lab([
        ...["run", "--json", path("r.json"), "--struct", ...words],
      ]);
      assertEquals([status, out], [2, ""], err);
      assertStringIncludes(err, message);
      assert(!/\n\s+at /.test(err), err);
      assertEquals(err.trim().split("\n").length, 1, err);
    }
    const alone = await lab(["layouts", "--config", "PCI_P2PDMA"]);
    assertStringIncludes(alone.err, "expected --struct FILE.h as well");
    const typed = await lab([
      ...["layouts", "--quiet", "--struct", path("type.h"), "--abi", "lp64"],
      ...["--type", "foo_t=u64"],
    ]);
    // 8 + 4, a hole of 4, 8.
    assertStringIncludes(typed.out, "\ns                      24/8 (4)\n");
  });
});

Deno.test("lab layouts --struct keeps to 80 columns, however many members there are", async () => {
  const members = Array.from({ length: 12 }, (_, i) => `u8 reserved_${i};`);
  const { status, out, err } = await lab(
    ["layouts", "--struct", "-", "--quiet"],
    undefined,
    new Blob([
      `struct many { phys_addr_t addr; u32 len; ${members.join(" ")} };`,
    ]).stream(),
  );
  assertEquals(status, 0, err);
  assertStringIncludes(out, "/* many on lp64: {addr, len, reserved_0,");
  assertEquals(out.split("\n").filter((line) => line.length > 80), []);
});

Deno.test("lab run --resume goes on with a struct of standard input, and refuses another one", async () => {
  await inFolder(async (folder) => {
    const file = `${folder}/r.json`;
    const run = (text: string, more: string[]) =>
      lab(
        [
          ...["run", "--struct", "-", "--workload", "4k-hot", "--quiet"],
          ...["--json", file, ...EXACT, ...more],
        ],
        undefined,
        new Blob([text]).stream(),
      );
    const first = await run(MAIL, []);
    assertEquals(first.status, 0, first.err);
    const { inputs } = readResult(await Deno.readTextFile(file), file);
    assertEquals(inputs, [{
      name: "-",
      sizeBytes: MAIL.length,
      sha256: await sha256Of(new TextEncoder().encode(MAIL)),
    }]);
    const again = await run(MAIL, ["--resume"]);
    assertEquals(again.status, 0, again.err);
    assertEquals(
      readResult(await Deno.readTextFile(file), file).inputs,
      inputs,
    );
    // The same struct, out of another text.
    const other = await run(`${MAIL}-- \nme`, ["--resume"]);
    assertEquals([other.status, other.out], [2, ""]);
    assertStringIncludes(other.err, '"-" has changed (SHA-256 ');
  });
});

/** Through WebCrypto, where the lab has node:crypto. */
async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(digest).toHex();
}

async function inputAt(name: string) {
  const bytes = await Deno.readFile(name);
  return { name, sizeBytes: bytes.length, sha256: await sha256Of(bytes) };
}

Deno.test("lab run --struct that holds no segment of any workload ends with one line, before anything is timed", async () => {
  const text = "struct small { u32 phys; u16 len; };\n";
  await withFiles({ "small.h": text }, async (path) => {
    for (const workload of ["4k-hot", "4k-hot,128k-scattered"]) {
      const { status, out, err } = await lab([
        ...["run", "--struct", path("small.h"), "--layout", "page_offset"],
        ...["--workload", workload, "--cpu", "none", "--ios", "20"],
        ...workload.includes(",") ? ["--rounds", "0"] : ["--rounds", "9"],
      ]);
      assertEquals([status, out], [2, ""], err);
      assert(!/timing|warming/.test(err), err);
      assertStringIncludes(
        err.split("\n").at(-2) ?? "",
        "lab: Cannot compare small with page_offset: a segment lies at 0x",
      );
    }
  });
});
