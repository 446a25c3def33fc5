/**
 * Reads a recording of footprints, plain or compressed by gzip, one workload
 * at a time: a recording has some MiB, what is kept of it some KiB.
 *
 * @module
 */
import { z } from "zod";
import { type JsonPart, readJsonForm } from "../../sim/text/json_form.ts";
import { printableLine } from "../../sim/text/printable.ts";
import { openStream } from "../../sim/text/headed_stream.ts";
import { systemReason } from "../files/system_reason.ts";
import {
  headForms,
  type RecordedWorkload,
  type Recording,
  workloadForm,
  workloadName,
} from "./recording.ts";
import { ValueStream, ValueStreamError } from "./value_stream.ts";

const KIND = "footprint";
/** Most workloads of a file; a recording has about ten. */
const MOST_WORKLOADS = 10_000;

/**
 * @returns Paths of the `.json` and `.json.gz` files, sorted.
 * @throws {RangeError} If there is none, or no such folder.
 */
export async function listRecordings(
  folder: string,
  kind = "footprints",
): Promise<string[]> {
  const isFolder = await Deno.stat(folder).then(
    (found) => found.isDirectory,
    () => false,
  );
  const names: string[] = [];
  if (isFolder) {
    for await (const entry of Deno.readDir(folder)) {
      if (/\.json(\.gz)?$/.test(entry.name)) names.push(entry.name);
    }
  }
  if (names.length === 0) {
    throw new RangeError(
      `Cannot read ${kind}: ${
        isFolder ? "no file in" : "no folder"
      } "${folder}", expected ${isFolder ? "" : "one with "}recordings, ` +
        "<name>.json or .json.gz",
    );
  }
  return names.sort().map((name) => `${folder.replace(/\/$/, "")}/${name}`);
}

/**
 * @throws {SyntaxError} If it is none; with file, line and column.
 * @throws {TypeError} If the file cannot be read.
 */
export async function readRecordingFile(path: string): Promise<Recording> {
  try {
    using file = await Deno.open(path);
    return await readRecording(path, file.readable);
  } catch (error) {
    if (error instanceof SyntaxError) throw error;
    throw new TypeError(
      `Cannot read ${KIND} "${path}": ${systemReason(error)}, expected a ` +
        "recording",
      { cause: error },
    );
  }
}

/** @throws {SyntaxError} If it is none; with file, line and column. */
export async function readRecording(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<Recording> {
  const stream = new ValueStream((await openStream(name, chunks)).chunks);
  const head: { -readonly [Key in keyof typeof headForms]?: unknown } = {};
  let workloads: RecordedWorkload[] | undefined;
  const form = <Schema extends z.ZodType>(
    text: string,
    schema: Schema,
    within: JsonPart,
  ) => readJsonForm(text, { kind: KIND, fileName: name, schema, within }).value;
  const walkWorkloads = async (): Promise<void> => {
    const found: RecordedWorkload[] = workloads = [];
    await stream.members(async (key) => {
      const { text, position } = await stream.value();
      const within = { position, path: ["workloads"] };
      form(JSON.stringify(key), workloadName, within);
      if (found.length === MOST_WORKLOADS) {
        form("null", z.never(), within);
      }
      const one = form(text, workloadForm, {
        position,
        path: ["workloads", key],
      });
      found.push({
        name: key,
        description: one.desc,
        lines: one.distinct_lines.all_kernel_data,
        structures: new Map(Object.entries(one.structures)),
      });
    });
  };
  try {
    await stream.members(async (key) => {
      if (key === "workloads") return await walkWorkloads();
      const { text, position } = await stream.value();
      const within = { position, path: [key] };
      // What is not known is checked to be JSON, and let go.
      const schema = isHead(key) ? headForms[key] : z.unknown();
      const value = form(text, schema, within);
      if (isHead(key)) head[key] = value;
    });
    await stream.end();
  } catch (error) {
    if (!(error instanceof ValueStreamError)) throw error;
    const { line, column } = error.position;
    throw new SyntaxError(
      printableLine(
        `Cannot read ${KIND} "${name}": line ${line}, column ${column}: ` +
          error.found,
      ),
    );
  } finally {
    await stream.close();
  }
  const missing = ["kernel", "qemu", "queue", "workloads"].find((key) =>
    key === "workloads" ? workloads === undefined : !Object.hasOwn(head, key)
  );
  if (missing !== undefined || workloads === undefined) {
    throw new SyntaxError(
      printableLine(
        `Cannot read ${KIND} "${name}": ${missing ?? "workloads"}: found ` +
          "nothing, expected what a recording has",
      ),
    );
  }
  return {
    file: name.slice(name.lastIndexOf("/") + 1),
    run: z.string().optional().parse(head.run) ?? "",
    controller: z.string().optional().parse(head.controller) ?? "",
    kernel: z.string().parse(head.kernel),
    machine: z.string().parse(head.qemu),
    queue: z.array(z.string()).parse(head.queue),
    workloads,
  };
}

function isHead(key: string): key is keyof typeof headForms {
  return Object.hasOwn(headForms, key);
}
