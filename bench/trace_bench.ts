/**
 * Speed of the trace readers. An iteration reads 100 thousand lines (records
 * for blktrace), so that 10 iterations a second are a million lines a second;
 * the lab's aim is at least that for fio iologs. Every case checks what it has read.
 *
 * One isolate reads all formats here, as a run with several traces does: the
 * shared loop has then seen several parsers, which is its slow case.
 */
import { readTrace } from "../sim/workload/read_trace.ts";

const LINES = 100_000;

/** Lines of a chunk, which is read again and again. */
const CHUNK_LINES = 10_000;

interface TraceCase {
  readonly header: string;
  /** One line, or the lines of one I/O. */
  readonly line: (index: number) => string;
  readonly linesPerIo: number;
}

/** Offsets in no order, by a step that is prime to the number of blocks. */
function block(index: number): number {
  return (index * 7919) % 16384;
}

const CASES: Readonly<Record<string, TraceCase>> = {
  "fio iolog v3": {
    header: "fio version 3 iolog\n0 fio.dat add\n1 fio.dat open\n",
    line: (i) =>
      `${1000 + i * 37} fio.dat ${i % 10 < 7 ? "read" : "write"} ` +
      `${block(i) * 4096} 4096\n`,
    linesPerIo: 1,
  },
  "blkparse text": {
    header: "",
    line: (i) =>
      ["Q", "G", "I", "D", "C"].map((action) =>
        `259,0    3 ${String(i).padStart(8)}     0.000104512  4711  ${action}` +
        `   R ${block(i) * 8} + 8 [fio]\n`
      ).join(""),
    linesPerIo: 5,
  },
  "MSR Cambridge csv": {
    header: "",
    line: (i) =>
      `${128166385295514663n + BigInt(i)},hm,0,Write,` +
      `${block(i) * 4096},4096,2833\n`,
    linesPerIo: 1,
  },
};

for (const [name, trace] of Object.entries(CASES)) {
  const encoder = new TextEncoder();
  const header = encoder.encode(trace.header);
  let text = "";
  for (let i = 0; i < CHUNK_LINES / trace.linesPerIo; i++) {
    text += trace.line(i);
  }
  const chunk = encoder.encode(text);
  const ios = LINES / trace.linesPerIo;
  Deno.bench({
    name: `read ${name}`,
    group: `readers of traces, ${LINES} lines, by format`,
    baseline: name === "fio iolog v3",
    n: 10,
    warmup: 2,
    async fn() {
      const reading = await readTrace(name, chunks(header, chunk));
      let rows = 0;
      for await (const batch of reading.batches) rows += batch.count;
      if (rows !== ios || reading.tally.ios !== ios) {
        throw new Error(
          `Cannot trust the bench: found ${rows} I/Os, expected ${ios}`,
        );
      }
    },
  });
}

async function* chunks(
  header: Uint8Array,
  chunk: Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  if (header.length > 0) yield await Promise.resolve(header);
  for (let i = 0; i < LINES / CHUNK_LINES; i++) yield chunk;
}
