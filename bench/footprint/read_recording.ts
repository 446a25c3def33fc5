/** Reads a recording of footprints, plain or compressed by gzip. */
import { basename } from "@std/path";
import { readJsonForm } from "../../sim/text/json_form.ts";
import { filesIn } from "../files/files_in.ts";
import { readPackedFile } from "../files/packed_file.ts";
import { LONGEST_RESULT_BYTES, readStreamBytes } from "../files/read_text.ts";
import { type Recording, recordingForm } from "./recording.ts";

const KIND = "footprint";

/**
 * @returns Paths of the `.json` and `.json.gz` files, sorted.
 * @throws {RangeError} If there is none, or no such folder.
 */
export async function listRecordings(
  folder: string,
  kind = "footprints",
): Promise<string[]> {
  const paths = await filesIn(folder, /\.json(\.gz)?$/);
  if (paths !== undefined && paths.length > 0) return paths;
  throw new RangeError(
    `Cannot read ${kind}: ${
      paths === undefined
        ? `no folder "${folder}", expected one with`
        : `no file in "${folder}", expected`
    } recordings, <name>.json or .json.gz`,
  );
}

/**
 * @throws {SyntaxError} If it is none; with file, line and column.
 * @throws {TypeError} If the file cannot be read.
 */
export async function readRecordingFile(path: string): Promise<Recording> {
  return await readPackedFile(path, {
    what: `${KIND} "${path}"`,
    expected: "a recording",
  }, (chunks) => readRecording(path, chunks));
}

/**
 * @param chunks Its bytes, unpacked.
 * @throws {SyntaxError} If it is none; with file, line and column.
 */
export async function readRecording(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Recording> {
  const bytes = await readStreamBytes(chunks, LONGEST_RESULT_BYTES);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new SyntaxError(
      `Cannot read ${KIND} "${name}": found bytes that are not UTF-8, ` +
        "expected UTF-8",
    );
  }
  const { value } = readJsonForm(text, {
    kind: KIND,
    fileName: name,
    schema: recordingForm,
  });
  const { run = "", controller = "", kernel, qemu, queue, workloads } = value;
  return {
    file: basename(name),
    ...{ run, controller, kernel, machine: qemu, queue },
    workloads: Object.entries(workloads).map(([name, one]) => ({
      name,
      description: one.desc,
      lines: one.distinct_lines.all_kernel_data,
      structures: new Map(Object.entries(one.structures)),
    })),
  };
}
