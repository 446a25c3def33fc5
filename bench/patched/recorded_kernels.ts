/**
 * What kernels with other bio_vecs did for one I/O: the instructions of each
 * kernel in each workload, as far as the lab reads such a file.
 */
import { z } from "zod";
import { readJsonForm, shownText } from "../../sim/text/json_form.ts";
import { readPackedFile } from "../files/packed_file.ts";
import { LONGEST_FORM_BYTES, readStreamText } from "../files/read_text.ts";

const KIND = "patched kernels";

export const BASE_KERNEL = "base";

export interface RecordedKernels {
  readonly workload: string;
  /** Instructions of block, nvme and iov_iter of one I/O, by kernel. */
  readonly coreInstructions: ReadonlyMap<string, number>;
}

const core = z.object({ core: z.number().int().min(1).max(1e12) });

const kernelsForm = z.object({
  workloads: z.record(
    shownText(200),
    z.record(shownText(40), core).refine(
      (kernels) => Object.hasOwn(kernels, BASE_KERNEL),
      { error: `expected kernels, "${BASE_KERNEL}" among them` },
    ),
  ),
});

/**
 * Reads a file of kernels, plain or compressed by gzip.
 *
 * @throws {SyntaxError} If it is none; with file, line and column.
 * @throws {TypeError} If it cannot be read.
 */
export async function readKernels(path: string): Promise<RecordedKernels[]> {
  const text = await readPackedFile(path, {
    what: `${KIND} "${path}"`,
    expected: "instructions by workload and kernel",
  }, (chunks) => readStreamText(chunks, LONGEST_FORM_BYTES));
  const { value } = readJsonForm(text, {
    kind: KIND,
    fileName: path,
    schema: kernelsForm,
  });
  return Object.entries(value.workloads).map(([workload, kernels]) => ({
    workload,
    coreInstructions: new Map(
      Object.entries(kernels).map(([name, { core }]) => [name, core]),
    ),
  }));
}
