/**
 * The hot part of a footprint, in WebAssembly (`footprint_run.as`): takes
 * accesses, and sums what a group of I/Os touched once it has ended. Small
 * cells would live mostly in code that V8 has not optimized yet, and a counter
 * for each path and each size of lines is code that it cannot specialise.
 */
import type { RegionIndex } from "../memory/region_index.ts";
import { moduleMemory, wasmModule } from "../memory/wasm_module.ts";
import type { AccessBatch } from "./access_batch.ts";
import { FOOTPRINT_RUN_WASM } from "./footprint_run_wasm.ts";

/** Places of the sums of a structure in a stage, one after another. */
export const SUM = {
  reads: 0,
  writes: 1,
  straddles: 2,
  bytes: 3,
  lines: 4,
} as const;

/** How many there are. */
export const SUMS = 5;

/** Structures at most: what a byte can say. */
export const MOST_STRUCTURES = 0x100;

/** What accesses are counted by. */
export interface FootprintRunOptions {
  /** Whose byte an offset is. */
  readonly index: RegionIndex;
  /** Structures; the last two are zeroing and the slab allocator. */
  readonly structures: number;
  readonly stages: number;
  /** Size of a line in bytes, a power of two. */
  readonly lineBytes: number;
}

/** Takes accesses. */
export interface FootprintRun {
  /**
   * Returns what was counted, of groups that have ended: by structure x stage,
   * `SUMS` each. Distinct bytes and lines also in a last column, of any stage,
   * and in a last row: what is to be added to those of all structures, because
   * a line that several share counts once in all.
   */
  readonly values: () => Float64Array;
  /** Takes the accesses of a batch, all of the present group. */
  readonly take: (batch: AccessBatch) => void;
  /** Ends the group. */
  readonly endGroup: () => void;
}

/** The functions of footprint_run.as; addresses, and how many accesses. */
interface RunModule {
  readonly take: (
    state: number,
    lo: number,
    meta: number,
    stages: number,
    count: number,
  ) => void;
  readonly endGroup: (state: number) => void;
}

const instantiate = wasmModule<RunModule>(FOOTPRINT_RUN_WASM);

const MOST_BYTES = 2 ** 32;
const LINE_BYTES = 64;
const MASK_BYTES = 64;
/** Bytes in front of the counts and masks of a slot. */
const SLOT_BYTES = 16;
const FIRST_SLOTS = 64;
/** Words of `State` in footprint_run.as. */
const STATE_WORDS = 17;
/** As there: which shared line it is, from here on. */
const SHARED = 0x100;
/** Bytes of a record: structures of 64 bytes, then owners, 16 bytes each. */
const RECORD_BYTES = 320;
const OWNER_WORDS = 4;
/**
 * Shared lines that a word can distinguish; the last record is for all others.
 */
const MOST_RECORDS = 0xffff - SHARED;
/** Accesses that are copied at once. */
const COPIED_AT_ONCE = 4096;

/** What is copied of a batch, as views of the current memory. */
interface Staged {
  readonly buffer: ArrayBufferLike;
  readonly addressLo: Int32Array;
  readonly sizeAndKind: Int32Array;
  readonly stage: Uint8Array;
}

/**
 * Makes a counter.
 *
 * Time is constant per access. Memory is 6 bytes per line of the regions, 320
 * per line that several structures share, and some 200 per line that a group
 * touches.
 *
 * @returns The counter, with nothing touched.
 */
export function createFootprintRun(options: FootprintRunOptions): FootprintRun {
  const { index, lineBytes, structures, stages } = options;
  const shift = Math.log2(lineBytes);
  const parts = Math.ceil(lineBytes / MASK_BYTES);
  const rowBytes = (stages + 1) * SUMS * 8;
  const stageBytes = (1 + parts) * 8;
  const touchBytes = stages * stageBytes;
  const slotBytes = SLOT_BYTES + touchBytes;
  const ownedLines = Math.ceil(index.endBytes / LINE_BYTES);
  const lines = Math.floor(index.endBytes / lineBytes) + 2;
  const records = Math.min(ownedLines, MOST_RECORDS - 1) + 1;

  let end = 0;
  /** Finds a place in the memory, at a line of this machine. */
  const place = (sizeBytes: number): number => {
    const at = Math.ceil(end / LINE_BYTES) * LINE_BYTES;
    end = at + sizeBytes;
    return at;
  };
  place(LINE_BYTES); // nothing is at 0
  const stateAt = place(STATE_WORDS * 4);
  const wholeAt = place(parts * 8);
  const scratchAt = place(MOST_STRUCTURES + parts * 8);
  const valuesBytes = (structures + 1) * rowBytes;
  const valuesAt = place(valuesBytes);
  const addressAt = place(COPIED_AT_ONCE * 4);
  const sizeAt = place(COPIED_AT_ONCE * 4);
  const stageAt = place(COPIED_AT_ONCE);
  const ownersAt = place(ownedLines * 2);
  const slotOfLineAt = place(lines * 4);
  const sharedAt = place(records * RECORD_BYTES);
  const slotsAt = place(FIRST_SLOTS * slotBytes);
  const memory = allocate(end);

  new BigInt64Array(memory.buffer, wholeAt, parts).fill(-1n);
  new Int32Array(memory.buffer, stateAt, STATE_WORDS).set([
    ...[shift, stages, structures, lines, slotOfLineAt, ownedLines, ownersAt],
    ...[sharedAt, valuesAt, rowBytes, wholeAt, scratchAt, slotsAt, slotsAt],
    ...[slotBytes, touchBytes, stageBytes],
  ]);

  let known = 0;
  const findOwner = (line: number): number => {
    const found = index.ownersOfLine(line);
    const { buffer } = memory;
    const owners = new Uint16Array(buffer, ownersAt, ownedLines);
    if (typeof found === "number") {
      owners[line] = found + 1;
      return found;
    }
    // Those for which there is no room are looked up each time.
    const record = Math.min(known, records - 1);
    writeRecord(buffer, sharedAt + record * RECORD_BYTES, found);
    if (record < records - 1) {
      known++;
      owners[line] = SHARED + record + 1;
    }
    return SHARED + record;
  };
  const { take, endGroup } = instantiate(memory, { findOwner });

  let staged: Staged | undefined;
  /** Views go where the memory grows. */
  const stagedNow = (): Staged => {
    const { buffer } = memory;
    if (staged?.buffer === buffer) return staged;
    return staged = {
      buffer,
      addressLo: new Int32Array(buffer, addressAt, COPIED_AT_ONCE),
      sizeAndKind: new Int32Array(buffer, sizeAt, COPIED_AT_ONCE),
      stage: new Uint8Array(buffer, stageAt, COPIED_AT_ONCE),
    };
  };
  return {
    values: () =>
      Float64Array.from(
        new BigInt64Array(memory.buffer, valuesAt, valuesBytes / 8),
        Number,
      ),
    take: ({ length, addressLo, sizeAndKind, stage }) => {
      for (let at = 0; at < length; at += COPIED_AT_ONCE) {
        const to = Math.min(length, at + COPIED_AT_ONCE);
        const own = stagedNow();
        own.addressLo.set(addressLo.subarray(at, to));
        own.sizeAndKind.set(sizeAndKind.subarray(at, to));
        own.stage.set(stage.subarray(at, to));
        take(stateAt, addressAt, sizeAt, stageAt, to - at);
      }
    },
    endGroup: () => endGroup(stateAt),
  };
}

/** Writes the structures of a line's bytes, and who owns which of them. */
function writeRecord(
  buffer: ArrayBufferLike,
  at: number,
  structures: Uint8Array,
): void {
  const bytes = new Uint8Array(buffer, at, RECORD_BYTES);
  bytes.fill(0).set(structures);
  const words = new Int32Array(buffer, at + LINE_BYTES);
  [...new Set(structures)].forEach((structure, owner) => {
    const first = owner * OWNER_WORDS;
    words[first] = structure;
    structures.forEach((own, byte) => {
      if (own !== structure) return;
      const mask = first + 2 + (byte >>> 5);
      words[mask] = (words[mask] as number) | 1 << (byte & 31);
    });
  });
}

function allocate(sizeBytes: number): WebAssembly.Memory {
  if (sizeBytes > MOST_BYTES) {
    throw new RangeError(
      `Cannot count what is touched: found regions that need ${sizeBytes} ` +
        "bytes of tables, expected at most 4 GiB",
    );
  }
  return moduleMemory(sizeBytes);
}
