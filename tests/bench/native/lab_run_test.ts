import { assertEquals, assertStringIncludes } from "@std/assert";
import { resultSchema } from "../../../bench/result/result_schema.ts";
import { lab } from "../lab_in_process.ts";

const RUN = [
  "run",
  "--workload",
  "64k-mixed",
  "--ios",
  "40",
  "--recognise",
  "segment",
  "--layout",
  "phys_flags",
  "--cpu",
  "none",
  "--quiet",
];

Deno.test("lab run --engine both gives a cell of each engine", async () => {
  const { status, out, err } = await lab([
    ...RUN,
    "--engine",
    "both",
    "--rounds",
    "1",
    "--builds",
    "1",
    "--budget",
    "0.1",
    "--json",
    "-",
  ]);
  assertEquals([status, err], [0, ""]);
  const { cells, environment, config } = resultSchema.parse(JSON.parse(out));
  assertEquals(cells.map(({ engine }) => engine), ["js", "native"]);
  const [js, native] = cells;
  // The path is the same: so are commands and all exact figures.
  assertEquals(native?.digest, js?.digest);
  assertEquals(
    native?.layouts.map(({ counts }) => counts),
    js?.layouts.map(({ counts }) => counts),
  );
  assertEquals(native?.agreement?.engines, ["js", "native"]);
  assertEquals(
    native?.agreement?.layouts.map(({ name }) => name),
    ["phys_flags"],
  );
  assertStringIncludes(String(environment["compiler"]), "cc: ");
  assertEquals(
    (environment["compilerFlags"] as string[]).includes("-O2"),
    true,
  );
  assertEquals(config["engine"], "both");
});

Deno.test("lab run --engine native says in one line what is not in C", async () => {
  const { status, out, err } = await lab([
    ...RUN,
    "--engine",
    "native",
    "--iommu",
    "--rounds",
    "0",
  ]);
  assertEquals([status, out], [2, ""]);
  assertEquals(
    err,
    "lab: Cannot run engine native with --iommu: no IOMMU is in C, expected " +
      "a direct mapping\n",
  );
});

Deno.test("lab run --engine both goes on without a compiler", async () => {
  const { status, out } = await lab([
    ...RUN,
    "--engine",
    "both",
    "--cc",
    "no-such-compiler",
    "--details",
    "--rounds",
    "0",
  ]);
  assertEquals(status, 0);
  assertStringIncludes(
    out.replaceAll(/\n */g, " "),
    'warning (no-native-engine): Cannot run C compiler "no-such-compiler": ' +
      "there is no such program",
  );
});
