/**
 * Reads the rows of a kernel oracle: what real kernels did with given I/O.
 *
 * A file is `<kind>.<kernel>[...].jsonl` (or `.jsonl.gz`), one row a line, next
 * to `<same>.meta.json[.gz]` (device limits and buffers) and, for P2P rows,
 * `<same>.topology.txt`. Addresses become safe integers here, so that no other
 * file parses hex.
 */
import { z } from "zod";
import { filesIn } from "../files/files_in.ts";
import type {
  OracleBuffer,
  OracleFile,
  OracleKind,
  OracleRow,
  OracleRun,
} from "./oracle_row.ts";
import { fail, pair, parse, parseRow, rowCount } from "./row_schema.ts";
import { readTextOrGzip } from "./text.ts";

const PAGE_BYTES = 4096;
const KINDS: readonly OracleKind[] = [
  "split",
  "merge",
  "nvme",
  "nvme-iommu",
  "nvme-pi",
  "p2p",
];

const step = z.object({
  sh: z.string().optional(),
  set: z.string().optional(),
  val: z.string().optional(),
});

const meta = z.object({
  runs: z.array(z.object({
    run: z.string(),
    disk: z.string(),
    limits: z.record(z.string(), z.string()),
    config: z.array(z.string()).nullish(),
    setup: z.array(step).nullish(),
    max_sectors_exact: rowCount.nullish(),
  })).min(1),
  buffers: z.record(
    z.string(),
    z.object({ kind: z.string(), runs: z.array(pair) }),
  ),
});

/**
 * @returns Paths of the `.jsonl` and `.jsonl.gz` files, sorted.
 * @throws {RangeError} If there is none, or no such folder.
 */
export async function listOracleFiles(folder: string): Promise<string[]> {
  const paths = await filesIn(folder, /\.jsonl(\.gz)?$/);
  if (paths !== undefined && paths.length > 0) return paths;
  throw new RangeError(
    `Cannot read oracle rows: ${
      paths === undefined
        ? `no folder "${folder}", expected one with`
        : `no file in "${folder}", expected`
    } <kind>.<kernel>.jsonl or .jsonl.gz`,
  );
}

/**
 * Reads one file of rows with its meta data.
 *
 * @param path The `.jsonl` or `.jsonl.gz` file.
 * @throws {SyntaxError} If name, meta data or a row are not as documented; the
 * message names file and line.
 */
export async function readOracleFile(path: string): Promise<OracleFile> {
  const stem = path.replace(/\.jsonl(\.gz)?$/, "");
  const name = stem.slice(stem.lastIndexOf("/") + 1);
  const parts = /^([a-z0-9-]+)\.(\d+\.\d+)((?:\.[a-z0-9-]+)*)$/.exec(name);
  const kind = KINDS.find((word) => word === parts?.[1]);
  const kernel = parts?.[2];
  if (kind === undefined || kernel === undefined) {
    throw new SyntaxError(
      `Cannot read oracle rows: "${name}", expected a name like ` +
        `${KINDS.join("|")} and a kernel version, for example split.7.2`,
    );
  }
  const labels = (parts?.[3] ?? "").split(".").filter((word) => word !== "");
  const { runs, buffers } = parseMeta(
    await readTextOrGzip([`${stem}.meta.json`, `${stem}.meta.json.gz`]),
    `${stem}.meta.json`,
  );
  const topology = kind === "p2p"
    ? await readTextOrGzip([`${stem}.topology.txt`, `${stem}.topology.txt.gz`])
    : "";
  const rows: OracleRow[] = [];
  const lines = (await readTextOrGzip([path])).split("\n");
  lines.forEach((text, index) => {
    if (text === "") return;
    const where = `${path}:${index + 1}`;
    const found = parseRow({ text, where }, index + 1);
    if (!runs.has(found.run)) {
      fail(where, {
        found: `run "${found.run}"`,
        wanted: "a run of the meta data",
      });
    }
    checkVectors(found, { buffers, where });
    rows.push(found);
  });
  return { name, kind, kernel, labels, runs, buffers, topology, rows };
}

function checkVectors(
  row: OracleRow,
  context: { buffers: ReadonlyMap<string, OracleBuffer>; where: string },
): void {
  for (const { vectors } of row.ios) {
    for (const { buffer, offsetBytes, sizeBytes } of vectors) {
      const pages = context.buffers.get(buffer)?.pages.length ?? 0;
      if (offsetBytes + sizeBytes > pages * PAGE_BYTES) {
        fail(context.where, {
          found: `${offsetBytes} + ${sizeBytes} bytes of buffer "${buffer}"`,
          wanted: `a stretch within its ${pages} pages`,
        });
      }
    }
  }
}

function parseMeta(text: string, where: string): {
  runs: Map<string, OracleRun>;
  buffers: Map<string, OracleBuffer>;
} {
  const found = parse(meta, { text, where });
  const runs = new Map<string, OracleRun>();
  for (const entry of found.runs) {
    const steps = (entry.setup ?? []).map(({ sh, set, val }) =>
      set === undefined ? sh ?? "" : `set ${set} ${val ?? ""}`
    );
    runs.set(entry.run, {
      name: entry.run,
      disk: entry.disk,
      limits: entry.limits,
      ...(Array.isArray(entry.config) ? { config: entry.config } : {}),
      setup: [...entry.config ?? [], ...steps].join("\n"),
      ...(typeof entry.max_sectors_exact !== "number"
        ? {}
        : { maxSectors: entry.max_sectors_exact }),
    });
  }
  const buffers = new Map<string, OracleBuffer>();
  for (
    const [name, { kind, runs: stretches }] of Object.entries(found.buffers)
  ) {
    const pages: number[] = [];
    for (const [first, length] of stretches) {
      for (let i = 0; i < length; i++) pages.push(first + i * PAGE_BYTES);
    }
    buffers.set(name, { kind, pages });
  }
  return { runs, buffers };
}
