/** Figures of bench/guide/trust.md, counted again from what was recorded. */
import { assert, assertEquals } from "@std/assert";
import { PATCHED_KERNELS } from "../../../bench/report/recorded_instructions.ts";
import { patchedResultSchema } from "../../../bench/patched/result.ts";
import { readRecord } from "../../../bench/study/machine_code.ts";
import patched from "../../../bench/results/patched_kernels.json" with {
  type: "json",
};
import { comparedRecordings } from "../../recorded_footprints.ts";

const PAGE = (await Deno.readTextFile(
  new URL("../../../bench/guide/trust.md", import.meta.url),
)).replaceAll(/\s+/g, " ");

/** Says that the page has these words. */
function says(words: string): void {
  assert(PAGE.includes(words), `bench/guide/trust.md lacks: ${words}`);
}

/** Equal structures of a folder of recordings, and all. */
async function equalOf(folder: string): Promise<string> {
  const { footprints } = await comparedRecordings(folder);
  const all = footprints.flatMap(({ structures }) => structures);
  return `${all.filter(({ equal }) => equal).length} of ${all.length}`;
}

Deno.test("trust.md says how many recorded structures are equal", async () => {
  says(`${await equalOf("footprint")} recorded structures of 7.2 equal`);
  says(`and ${await equalOf("footprint_6.12")} of 6.12`);
});

Deno.test("trust.md says how near the path comes to patched kernels", () => {
  const { rows } = patchedResultSchema.parse(patched);
  // S0 is mainline's bio_vec once more: a control, and no change.
  const compared = rows.filter(({ kernel, labChange }) =>
    kernel !== "S0" && labChange !== null
  );
  assertEquals(compared.every(({ within }) => within === true), true);
  const off = Math.max(
    ...compared.map(({ labChange, kernelChange }) =>
      Math.abs((labChange ?? 0) - kernelChange)
    ),
  );
  // As the first screen counts them.
  assertEquals(PATCHED_KERNELS.changes, compared.length);
  assertEquals(PATCHED_KERNELS.mostPointsOff, off);
  says(
    `${compared.length} changes measured with patched kernels are within 4 ` +
      `percentage points, ${off.toFixed(1)} at most`,
  );
  const bitFields = rows.find(({ kernel, workload }) =>
    kernel === "A" && workload === "c_128k_pread_scattered"
  );
  says(`took ${bitFields?.kernelChange.toFixed(1)} % more`);
});

Deno.test("trust.md says what bit-fields cost, by compiler", async () => {
  const file = new URL(
    "../../../bench/results/machine_code.json",
    import.meta.url,
  );
  const { rows, builds } = readRecord(await Deno.readTextFile(file));
  const counted = (layout: string, compiler: string): number => {
    const build = (builds.lp64 ?? []).findIndex((one) =>
      one.compiler.startsWith(compiler) && one.build === "-O2"
    );
    const row = rows.find(([abi, , workload, recognition, name]) =>
      abi === "lp64" && workload === "128k-scattered" &&
      recognition === "page" && name === layout
    );
    return row?.[5][build]?.[0] ?? NaN;
  };
  const more = (layout: string, compiler: string) =>
    Math.round(
      (counted(layout, compiler) / counted("page_offset", compiler) - 1) * 100,
    );
  says(
    `takes ${more("len31_p2p", "gcc")} % more instructions than page_offset`,
  );
  says(`and ${more("len31_p2p", "clang")} % more with clang`);
  says(
    `${more("rlist_16", "gcc")} % and ${more("rlist_16", "clang")} %`,
  );
});
