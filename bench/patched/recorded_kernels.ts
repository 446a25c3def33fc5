/**
 * What kernels with other bio_vecs did for one I/O: the instructions of each
 * kernel in each workload, as far as the lab reads such a file.
 */
import { z } from "zod";
import { openStream } from "../../sim/text/headed_stream.ts";
import { readJsonForm, shownText } from "../../sim/text/json_form.ts";
import { LONGEST_FORM_BYTES, readStreamText } from "../files/read_text.ts";
import { systemReason } from "../files/system_reason.ts";

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
  let text: string;
  try {
    using file = await Deno.open(path);
    const { chunks } = await openStream(path, file.readable);
    text = await readStreamText(
      ReadableStream.from(chunks),
      LONGEST_FORM_BYTES,
    );
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    throw new TypeError(
      `Cannot read ${KIND} "${path}": ${systemReason(error)}, expected ` +
        "instructions by workload and kernel",
      { cause: error },
    );
  }
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
