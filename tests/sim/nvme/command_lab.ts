/**
 * One path with a decoding device that moves bytes, and I/Os given as plain
 * pieces of memory; for tests of what stands in a command.
 */
import { findAbi } from "../../../layouts/abi.ts";
import type { Recognition } from "../../../sim/recognition/recognition_registry.ts";
import { findLayout } from "../../../layouts/registry.ts";
import {
  assemblePath,
  type Assembly,
  type AssemblyOptions,
} from "../../../sim/setup/assembly.ts";
import {
  nvmeLimits,
  type QueueLimits,
} from "../../../sim/block/queue_limits.ts";
import type { MemoryMap } from "../../../sim/memory/memory_map.ts";
import { PhysicalMemory } from "../../../sim/memory/physical_memory.ts";
import {
  describeCommand,
  type DescribedCommand,
} from "../../../sim/nvme/describe_command.ts";
import {
  type ControllerOptions,
  dataMemoryMap,
} from "../../../sim/nvme/controller.ts";
import { verifyReplay } from "../../../sim/replay/replay.ts";
import { createWindow, type IoWindow } from "../../../sim/workload/window.ts";

/** A piece of a user buffer. */
export interface Piece {
  /** Physical address. */
  readonly phys: number;
  /** Bytes. */
  readonly bytes: number;
  /** Provider index + 1; host memory unless told. */
  readonly provider?: number;
}

/** One I/O. */
export interface LabIo {
  /** First sector; 0 unless told. */
  readonly sector?: number;
  /** Write instead of read. */
  readonly write?: boolean;
  /** Its buffer. */
  readonly pieces: readonly Piece[];
}

/** Start of the host memory of the small machine below. */
export const DRAM = 0x1_0000_0000;
/** CPU addresses of its two BARs. */
export const BARS = [0x3c00_0000_0000, 0x3c00_0400_0000] as const;
/** Bus addresses of its two BARs. */
export const BUS = [0x8000_0000, 0x9000_0000] as const;
const MIB = 1 << 20;

/** 32 MiB above 4 GiB, two BARs of 4 MiB. */
export const SMALL_MAP: MemoryMap = {
  dram: [{ startPhys: BigInt(DRAM), sizeBytes: 32 * MIB }],
  providers: BARS.map((start, i) => ({
    name: `bar${i}`,
    startPhys: BigInt(start),
    sizeBytes: 4 * MIB,
    busAddress: BigInt(BUS[i] ?? 0),
  })),
};

/** Limits that let 8 MiB through in one command, PRP only. */
export const WIDE_LIMITS: QueueLimits = {
  ...nvmeLimits(0),
  maxSectors: 16384,
};

/** What a lab is made with. */
export interface LabOptions {
  /** `page_offset` unless told. */
  readonly layout?: string;
  /** `lp64` unless told. */
  readonly abi?: string;
  /** `page` unless told. */
  readonly recognition?: Recognition;
  /** `WIDE_LIMITS` unless told. */
  readonly limits?: QueueLimits;
  /** `SMALL_MAP` unless told. */
  readonly map?: MemoryMap;
  /** What the controller can do. */
  readonly controller?: ControllerOptions;
  /** `7.2` unless told. */
  readonly kernel?: string;
  /** Whether it has the memory of others that say so, zero or not. */
  readonly sharesData?: boolean;
  /** Further options of the assembly. */
  readonly more?: Partial<AssemblyOptions>;
}

/** A lab. */
export interface CommandLab {
  /** The path. */
  readonly assembly: Assembly;
  /** Sends I/Os one by one, checks every byte, and describes the commands. */
  readonly commands: (ios: readonly LabIo[]) => DescribedCommand[];
  /** Sends I/Os without checking them; answers the I/Os that failed. */
  readonly submit: (ios: readonly LabIo[]) => number;
  /** Commands of the last call. */
  readonly seen: DescribedCommand[];
}

/**
 * Memory of maps, for labs that share it and bounce nothing: verifyReplay()
 * writes each buffer before its I/O, and new memory for each of a few hundred
 * labs keeps the collector busy.
 */
const dataOf = new Map<MemoryMap, PhysicalMemory>();

function dataMemory(
  map: MemoryMap,
  { controller, sharesData = false }: LabOptions,
): PhysicalMemory {
  const whole = dataMemoryMap(map, controller);
  if (whole !== map || !sharesData) return new PhysicalMemory(whole);
  const data = dataOf.get(map) ?? new PhysicalMemory(map);
  dataOf.set(map, data);
  return data;
}

/** Makes a lab. */
export function commandLab(options: LabOptions = {}): CommandLab {
  const map = options.map ?? SMALL_MAP;
  const data = dataMemory(map, options);
  const limits = options.limits ?? WIDE_LIMITS;
  const seen: DescribedCommand[] = [];
  const assembly: Assembly = assemblePath({
    layout: findLayout(options.layout ?? "page_offset"),
    abi: findAbi(options.abi ?? "lp64"),
    kernel: options.kernel ?? "7.2",
    ...(options.controller ? { controller: options.controller } : {}),
    recognition: options.recognition ?? "page",
    limits,
    map,
    depth: 4,
    decode: true,
    data: () => data,
    salt: 7,
    probe: {
      command: (entry) =>
        seen.push(
          describeCommand(assembly.memory, entry, limits.logicalBlockBytes),
        ),
    },
    ...options.more,
  });
  const commands = (ios: readonly LabIo[]) => {
    seen.length = 0;
    const window = labWindow(ios);
    const indexes = Int32Array.from(ios, (_, i) => i);
    verifyReplay(assembly, window, {
      ios: indexes,
      data,
      salt: 7,
      firstIo: 0,
    });
    return [...seen];
  };
  const submit = (ios: readonly LabIo[]) => {
    seen.length = 0;
    const window = labWindow(ios);
    const before = assembly.path.counts.errors;
    assembly.path.open(window);
    for (let i = 0; i < ios.length; i++) assembly.path.submit(window, i);
    assembly.path.drain();
    return assembly.path.counts.errors - before;
  };
  return { assembly, commands, submit, seen };
}

/** Lays I/Os out in a window. */
export function labWindow(ios: readonly LabIo[]): IoWindow {
  const pieces = ios.reduce((sum, io) => sum + io.pieces.length, 0);
  const window = createWindow({ ios: ios.length, pieces });
  let piece = 0;
  for (const [i, io] of ios.entries()) {
    window.op[i] = io.write === true ? 1 : 0;
    window.sectorLo[i] = (io.sector ?? 0) | 0;
    window.sectorHi[i] = Math.floor((io.sector ?? 0) / 2 ** 32);
    window.firstPiece[i] = piece;
    let bytes = 0;
    for (const { phys, bytes: length, provider = 0 } of io.pieces) {
      window.physLo[piece] = phys | 0;
      window.physHi[piece] = Math.floor(phys / 2 ** 32);
      window.pieceBytes[piece] = length;
      window.provider[piece] = provider;
      bytes += length;
      piece++;
    }
    window.lengthBytes[i] = bytes;
  }
  window.firstPiece[ios.length] = piece;
  window.counts[0] = ios.length;
  window.counts[1] = piece;
  return window;
}

/** Pages that no two of which are adjacent. */
export function scattered(count: number, from = DRAM): Piece[] {
  return Array.from({ length: count }, (_, i) => ({
    phys: from + i * 8192,
    bytes: 4096,
  }));
}
