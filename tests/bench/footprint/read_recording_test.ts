import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  listRecordings,
  readRecording,
  readRecordingFile,
} from "../../../bench/footprint/read_recording.ts";
import type { Recording } from "../../../bench/footprint/recording.ts";

const DATA = new URL("../../data/footprint", import.meta.url).pathname;

/** Reads a text in chunks of so many bytes. */
function read(text: string, chunkBytes = 7): Promise<Recording> {
  const bytes = new TextEncoder().encode(text);
  return readRecording(
    "x.json",
    (async function* () {
      for (let at = 0; at < bytes.length; at += chunkBytes) {
        yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
      }
    })(),
  );
}

const BIO = {
  lines: 3,
  ["lines_not_bulk"]: 2,
  ["lines_read"]: 2,
  ["lines_written"]: 3,
  reads: 10,
  writes: 6,
  ["lines_all"]: [3, 2],
};
const WORKLOAD = {
  desc: "a api=pread:1 op=r bytes=4096 kind=alt",
  ["distinct_lines"]: { ["all_kernel_data"]: 194 },
  structures: { bio: BIO },
  functions: [{ name: "submit_bio", insns: 7 }],
};
const WHOLE = {
  run: "7.2.prp",
  kernel: "7.2.13",
  qemu: "qemu\n",
  queue: ["nvme0n1 max_segments 129"],
  devices: { nvme0n1: { q: 18446612682225363744 } },
  workloads: { a: WORKLOAD },
};

Deno.test("readRecording() keeps sums and lets the rest go, at any chunk", async () => {
  const text = JSON.stringify(WHOLE, null, 1);
  const expected: Recording = {
    file: "x.json",
    run: "7.2.prp",
    controller: "",
    kernel: "7.2.13",
    machine: "qemu\n",
    queue: ["nvme0n1 max_segments 129"],
    workloads: [{
      name: "a",
      description: WORKLOAD.desc,
      lines: 194,
      structures: new Map([["bio", {
        lines: 3,
        linesOfIos: [3, 2],
        linesRead: 2,
        linesWritten: 3,
        reads: 10,
        writes: 6,
        fields: [],
      }]]),
    }],
  };
  for (const chunkBytes of [1, 2, 3, 64, 1 << 20]) {
    assertEquals(await read(text, chunkBytes), expected);
  }
});

Deno.test("readRecording() keeps fields that lie in the object", async () => {
  const field = (offset: number, more: Record<string, unknown> = {}) => ({
    ...{ offset, size: 4, name: "", reads: 2, writes: 1, lines: 1 },
    ...more,
  });
  const fields = [
    field(24),
    // Zeroing, a neighbour, and a place that the guest computed in 64 bits.
    field(-2, { size: 0 }),
    field(-4),
    field(-18446744073709552000),
    field(1 << 21),
  ];
  const structures = { bio: { ...BIO, fields } };
  const { workloads } = await read(
    JSON.stringify({
      ...WHOLE,
      workloads: { a: { ...WORKLOAD, structures } },
    }),
  );
  assertEquals(workloads[0]?.structures.get("bio")?.fields, [
    { name: "", offset: 24, size: 4, reads: 2, writes: 1 },
  ]);
});

Deno.test("readRecording() takes the workloads in front of the kernel", async () => {
  const { workloads, ...head } = WHOLE;
  const { workloads: found } = await read(
    JSON.stringify({ workloads, ...head }),
  );
  assertEquals(found.map(({ name }) => name), ["a"]);
});

Deno.test("readRecording() points at what is wrong, by line and path", async () => {
  const changed = (bio: Record<string, unknown>) =>
    JSON.stringify(
      {
        ...WHOLE,
        workloads: {
          a: { ...WORKLOAD, structures: { bio: { ...BIO, ...bio } } },
        },
      },
      null,
      1,
    );
  const at = "workloads.a.structures.bio";
  // The bio is on line 20: 3 of the head, 3 of the queue, 5 of the devices,
  // then workloads, a, desc, 3 of distinct_lines, structures, bio.
  const cases: readonly (readonly [string, string])[] = [
    [changed({ lines: -1 }), `line 21, column 15: ${at}.lines: found -1`],
    [changed({ lines: 1.5 }), `line 21, column 15: ${at}.lines: found 1.5`],
    [changed({ reads: "7" }), `${at}.reads: found "7", expected a number`],
    [changed({ ["lines_read"]: 4 }), `${at}: found {`],
    [changed({ ["lines_written"]: 0 }), `${at}: found {`],
    ["", "line 1, column 1: found the end of the text"],
    ["[]", "line 1, column 1: footprint: found [], expected an object"],
    ['{"kernel":"7","kernel":"7"}', "line 1, column 15: found"],
    ['{"a":[1}', "line 1"],
    ['{"a":tru}', 'line 1, column 6: found "tru", expected a value'],
    ['{"a":1} x', 'column 9: found "x", expected the end of the text'],
    ['{"a":"\n"}', "expected a string with its end"],
    ['{"kernel":"7\\u001b[2J"}', "one line of printable characters"],
    ["{}", "kernel: found nothing"],
    [
      JSON.stringify({ ...WHOLE, workloads: [] }),
      "workloads: found [], expected an object",
    ],
    [JSON.stringify({ ...WHOLE, queue: [7] }), "queue.0: found 7"],
  ];
  for (const [text, message] of cases) {
    const error = await assertRejects(() => read(text), SyntaxError);
    assertStringIncludes(error.message, 'Cannot read footprint "x.json": ');
    assertStringIncludes(error.message, message);
    assertEquals(error.message.includes("\n"), false);
  }
});

Deno.test("readRecording() refuses bytes that are no UTF-8", async () => {
  const error = await assertRejects(
    () =>
      readRecording(
        "x.json",
        (async function* () {
          yield await Promise.resolve(new Uint8Array([0x7b, 0xff]));
        })(),
      ),
    SyntaxError,
  );
  assertStringIncludes(error.message, "found bytes that are not UTF-8");
});

Deno.test("readRecordingFile() reads gzip, and says which byte of it is cut", async () => {
  const paths = await listRecordings(DATA);
  assertEquals(paths.length, 3);
  const whole = await readRecordingFile(paths[0] ?? "");
  assertEquals([whole.kernel, whole.workloads.length], [
    "7.2.13+deb14-amd64",
    11,
  ]);
  const folder = await Deno.makeTempDir();
  const bytes = await Deno.readFile(paths[0] ?? "");
  await Deno.writeFile(`${folder}/cut.json.gz`, bytes.subarray(0, 1000));
  await assertRejects(
    () => readRecordingFile(`${folder}/cut.json.gz`),
    SyntaxError,
    "cut.json.gz",
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("listRecordings() refuses a folder without recordings", async () => {
  await assertRejects(
    () => listRecordings(`${DATA}/nothing`),
    RangeError,
    'no folder "',
  );
  const folder = await Deno.makeTempDir();
  await assertRejects(() => listRecordings(folder), RangeError, 'no file in "');
  await Deno.remove(folder);
});

Deno.test("readRecordingFile() says why a file cannot be read", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.mkdir(`${folder}/folder.json`);
  for (const name of ["folder.json", "missing.json"]) {
    const error = await assertRejects(
      () => readRecordingFile(`${folder}/${name}`),
      TypeError,
    );
    assertStringIncludes(
      error.message,
      `Cannot read footprint "${folder}/${name}": `,
    );
    assertEquals(error.message.includes("\n"), false);
  }
  await Deno.remove(folder, { recursive: true });
});
