/**
 * The C text of a path: the files of `bench/native/path/` and the headers that
 * are made for its ABI, kernel, layout and P2P detection.
 */
import {
  recognitionHeader,
  recognitions,
} from "../../sim/recognition/recognition_registry.ts";
import { constantsHeader } from "./constants_header.ts";
import { layoutHeader } from "./layout_header.ts";
import { touchesHeader } from "./touches_header.ts";
import { structOfTag } from "../../sim/kernel/own_kernel.ts";
import { type AssembledPath, placesHeader, placesOf } from "./places.ts";

/** Files of `bench/native/path/`, in the order of their stages. */
const SOURCES = [
  "tracer.h",
  "kernel_memory.h",
  "slab.h",
  "page_array.h",
  "recognition.h",
  ...recognitions.flatMap((name) => recognitionHeader(name) ?? []),
  "bio.h",
  "complete.h",
  "page_pointers.h",
  "extract.h",
  "split.h",
  "tags.h",
  "request.h",
  "merge.h",
  "plug.h",
  "request_segments.h",
  "request_dma.h",
  "data_pointer.h",
  "descriptor_pool.h",
  "prp.h",
  "sgl.h",
  "map_data.h",
  "command_builder.h",
  "queue.h",
  "device.h",
  "block_queue.h",
  "registered.h",
  "stack_bio.h",
  "kernel_io.h",
  "path.c",
] as const;

/** Returns the sources of a path; `path.c` is the one to compile. */
export async function pathSources(
  assembled: AssembledPath,
): Promise<Map<string, string>> {
  const { kernel, abi, ownKernel } = assembled.options;
  const files = new Map<string, string>([
    ["constants.h", constantsHeader(assembled)],
    [
      "chosen_recognition.h",
      `#include "${recognitionHeader(assembled.options.recognition)}"\n`,
    ],
    ["layout.h", layoutHeader(assembled.assembly.codec)],
    ["places.h", placesHeader(placesOf(assembled))],
    [
      "touches.h",
      touchesHeader(
        (tag) => structOfTag(tag, { kernel, abi, ownKernel }),
        abi,
      ),
    ],
  ]);
  for (const [name, text] of await (plainFiles ??= readPlainFiles())) {
    files.set(name, text);
  }
  return files;
}

/** Those that are the same for all paths: a worker makes hundreds of these. */
let plainFiles: Promise<(readonly [string, string])[]> | undefined;

function readPlainFiles(): Promise<(readonly [string, string])[]> {
  return Promise.all(SOURCES.map(async (name) => {
    const url = new URL(`./path/${name}`, import.meta.url);
    return [name, await Deno.readTextFile(url)] as const;
  }));
}
