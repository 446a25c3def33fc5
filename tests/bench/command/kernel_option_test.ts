import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { readResult } from "../../../bench/result/read_result.ts";
import { BTF_KIND, readBtf } from "../../../sim/kernel/btf.ts";
import { bytesSource } from "../../../sim/kernel/byte_source.ts";
import { BtfWriter } from "../../sim/kernel/btf_writer.ts";
import { inFolder, lab } from "../lab_in_process.ts";

const DATA = fromFileUrl(new URL("../../data/", import.meta.url));
const btf = (name: string) => `${DATA}btf/6.1.0-50-${name}.btf`;

/** Each type that pahole was recorded to print, with its text. */
async function recorded(name: string): Promise<[string, string][]> {
  const text = await Deno.readTextFile(
    `${DATA}btf/6.1.0-50-${name}.pahole.txt`,
  );
  return text.split(/^=== /m).slice(1).map((part) => {
    const end = part.indexOf("\n");
    return [part.slice(0, end), part.slice(end + 1)];
  });
}

async function paholeFile(folder: string, name: string): Promise<string> {
  const file = await Deno.open(`${DATA}structs/${name}.txt.gz`);
  const path = `${folder}/pahole.txt`;
  await Deno.writeFile(
    path,
    file.readable.pipeThrough(new DecompressionStream("gzip")),
  );
  return path;
}

Deno.test("lab layouts --btf --struct-name prints what pahole prints, byte for byte, of 64 and 32 bits and both byte orders", async () => {
  for (const name of ["amd64", "s390x", "armmp", "amd64-nvme"]) {
    const listings = await recorded(name);
    assert(listings.length >= 11);
    for (const [type, text] of listings) {
      const { status, out, err } = await lab([
        ...["layouts", "--btf", btf(name), "--struct-name", type],
      ]);
      assertEquals([status, out, err], [0, text, ""]);
    }
    const two = listings.slice(0, 2);
    const names = two.map(([type]) => type).join(",");
    const { out } = await lab([
      ...["layouts", "--btf", btf(name), "--struct-name", names],
    ]);
    assertEquals(out, two.map(([, text]) => text).join(""));
  }
});

Deno.test("lab layouts --btf shows the path's structures beside recorded kernels, and --pahole does", async () => {
  const { out } = await lab(["layouts", "--btf", btf("armmp")]);
  assertStringIncludes(
    out,
    "bio                      104         128         128         128\n",
  );
  assertStringIncludes(
    out,
    "not in it, as what a module has: nvme_iod, nvme_queue;",
  );
  await inFolder(async (folder) => {
    const path = await paholeFile(folder, "6.1.0-50-686_i386");
    const table = await lab(["layouts", "--pahole", path, "--json", "-"]);
    const { kernel, structs } = JSON.parse(table.out);
    assertEquals([kernel, structs.length], [path, 9]);
    const listing = await lab([
      ...["layouts", "--pahole", path, "--struct-name", "struct bio_vec"],
    ]);
    assertStringIncludes(await Deno.readTextFile(path), listing.out);
    assertStringIncludes(listing.out, "struct bio_vec {\n");
  });
});

Deno.test("lab run --btf runs with the structures of that kernel, on its ABI, and says which it lacks", async () => {
  await inFolder(async (folder) => {
    const run = (words: string[], json: string) =>
      lab([
        ...["run", "--layout", "phys_packed", "--workload", "4k-hot"],
        ...["--ios", "20", "--rounds", "0", "--cpu", "none"],
        ...["--json", `${folder}/${json}`, ...words],
      ]);
    const { status, out, err } = await run(["--btf", btf("s390x")], "a.json");
    assertEquals(status, 0, err);
    const flat = out.replaceAll(/\s+/g, " ");
    assertStringIncludes(
      flat,
      "ABI lp64_be, P2P detection page, kernel 6.1",
    );
    assertStringIncludes(
      flat,
      `structures of ${
        btf("s390x")
      }, nvme_iod, nvme_queue of Debian 6.1.0-50-s390x,`,
    );
    assertStringIncludes(flat, "deno task lab run --layout phys_packed");
    assertStringIncludes(
      err,
      "structures of lp64_be, without nvme_iod, nvme_queue, taken from Debian " +
        "6.1.0-50-s390x; rules of kernel 6.1, whose structures are nearest (--kernel",
    );
    // The recorded kernel is the same: so are all figures.
    await run(["--abi", "lp64_be", "--kernel", "6.1"], "b.json");
    const [own, known] = await Promise.all(
      ["a.json", "b.json"].map(async (name) =>
        readResult(await Deno.readTextFile(`${folder}/${name}`), name)
      ),
    );
    assertEquals(own?.cells[0]?.layouts, known?.cells[0]?.layouts);
    // What `sha256sum` says of the file; the recorded kernel is none.
    const bytes = await Deno.readFile(btf("s390x"));
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    assertEquals([own?.inputs, known?.inputs], [[{
      name: btf("s390x"),
      sizeBytes: bytes.length,
      sha256: new Uint8Array(digest).toHex(),
    }], []]);
    assertEquals(
      (own?.config.machine as { ownKernel: { abi: string } }).ownKernel.abi,
      "lp64_be",
    );
  });
});

Deno.test("lab explain and lab heat take a module's BTF or pahole's text", async () => {
  const { out, err } = await lab([
    ...["explain", "--btf", btf("amd64-nvme"), "--workload", "4k-hot"],
  ]);
  assertStringIncludes(out, "kernel 6.1, ");
  assertStringIncludes(
    err,
    "without bio, request, page, dev_pagemap, queue_limits, blk_plug, blk_mq_ctx, taken",
  );
  await inFolder(async (folder) => {
    const path = await paholeFile(folder, "7.2.13+deb14-armmp-lpae_armhf");
    const heat = await lab([
      ...["heat", "--pahole", path, "--abi", "ilp32_lpae", "--ios", "2"],
    ]);
    assertEquals(heat.status, 0, heat.err);
    const flat = heat.out.replaceAll(/\s+/g, " ");
    assertStringIncludes(flat, "ilp32_lpae, P2P detection page, kernel 7.2");
    assertStringIncludes(flat, `structures of ${path}`);
    // Another width of pointers than that text has.
    const wrong = await lab(["heat", "--pahole", path]);
    assertEquals([wrong.status, wrong.out], [2, ""]);
    assertStringIncludes(
      wrong.err,
      "with pointers of 4 bytes, expected --abi with one of: ilp32, ilp32_pae",
    );
  });
});

Deno.test("--btf - reads standard input, and --btf-base gives a module the types of its kernel", async () => {
  await inFolder(async (folder) => {
    const path = btf("amd64");
    const base = await readBtf(bytesSource("base", await Deno.readFile(path)));
    const writer = new BtfWriter(base);
    // A member of a type that only the base has.
    const bio = base.find("bio", [BTF_KIND.struct]) as number;
    writer.add({
      kind: BTF_KIND.struct,
      name: "of_module",
      third: 136,
      parts: [["own_bio", bio, 64]],
    });
    const module = `${folder}/module`;
    await Deno.writeFile(module, writer.bytes());
    const tell = (words: string[], stdin?: ReadableStream<Uint8Array>) =>
      lab(
        ["layouts", "--struct-name", "of_module", ...words],
        undefined,
        stdin,
      );
    const { out } = await tell(["--btf", module, "--btf-base", path]);
    assertStringIncludes(out, "\tstruct bio                 own_bio ");
    const bytes = new Blob([writer.bytes()]).stream();
    const piped = await tell(["--btf", "-", "--btf-base", path], bytes);
    assertEquals(piped.out, out);
    const alone = await tell(["--btf", module]);
    assertEquals(alone.status, 2);
    assertStringIncludes(alone.err, "; --btf-base FILE gives it");
    const twice = await lab(["run", "--btf", "-", "--struct", "-:x"]);
    assertStringIncludes(twice.err, "found --struct - and --btf -, expected");
  });
});

Deno.test("lab says what is wrong with a kernel's file, before anything runs", async () => {
  await inFolder(async (folder) => {
    const whole = await Deno.readFile(btf("amd64"));
    const write = async (name: string, bytes: Uint8Array) => {
      await Deno.writeFile(`${folder}/${name}`, bytes);
      return `${folder}/${name}`;
    };
    const cut = await write("cut.btf", whole.subarray(0, 5000));
    const swapped = whole.slice();
    swapped.set([0xeb, 0x9f]);
    const other = await write("swapped.btf", swapped);
    const text = await write("text", new TextEncoder().encode("struct x {\n"));
    const odd = await write(
      "odd.txt",
      new TextEncoder().encode(
        "struct bio {\n\tint bi_next; /*     0     8 */\n\n" +
          "\t/* size: 16, members: 1 */\n};\n",
      ),
    );
    const CASES: [string[], string][] = [
      [["--btf", cut], "byte 8: "],
      [["--btf", other], "(a file that was cut, or another byte order)"],
      [["--btf", text], "Cannot read BTF of "],
      [["--btf", `${folder}/none`], 'none": no such file, expected the BTF'],
      [["--btf", folder], "not a regular file"],
      [["--btf", btf("armmp")], "Cannot determine the ABI of "],
      [["--btf", btf("s390x"), "--abi", "lp64"], "built for lp64_be"],
      [["--btf", btf("s390x"), "--pahole", text], "found two kernels"],
      [["--btf-base", btf("s390x")], "expected --btf FILE of a module as well"],
      [["--pahole", `${folder}/none`], 'none": no such file'],
      [["--pahole", text], "none of bio, request"],
      [["--pahole", odd], "Cannot use the structures of "],
    ];
    for (const [words, message] of CASES) {
      const { status, out, err } = await lab(["run", ...words]);
      assertEquals([status, out], [2, ""], err);
      assertStringIncludes(err, message);
      assertEquals(err.trim().split("\n").length, 1, err);
    }
    const empty = await lab(["layouts", "--pahole", text]);
    assertEquals([empty.status, empty.out], [2, ""]);
    assertStringIncludes(empty.err, "none of bio, request");
    const names = await lab([
      ...["layouts", "--btf", btf("amd64"), "--struct-name", "boi"],
    ]);
    assertStringIncludes(names.err, 'Cannot find type "boi" of ');
    const alone = await lab(["layouts", "--struct-name", "bio"]);
    assertStringIncludes(
      alone.err,
      "expected --btf FILE or --pahole FILE as well",
    );
  });
});
