/**
 * A program of the path against the DataView path: every command with its
 * lists, and kernel memory whole behind the last I/O, byte for byte. It is run
 * by an emulator where it is for another machine.
 */
import { OWN_WORDS } from "../../sim/memory/own_words.ts";
import type { AssemblyOptions } from "../../sim/setup/assembly.ts";
import { replayOpen } from "../../sim/replay/replay.ts";
import type { IoWindow } from "../../sim/workload/window.ts";
import { eachDescriptorWord } from "../../bench/native/descriptor_tape.ts";
import {
  type PreparedPath,
  preparePath,
} from "../../bench/native/count/dump.ts";

/** What a program has left behind (program.c). */
export interface ProgramOutput {
  /** Its commands with their lists. */
  readonly commands: Uint8Array;
  /** Its arena behind the last I/O. */
  readonly arena: Uint8Array;
}

/**
 * Runs the same I/Os through the DataView path.
 *
 * @param options What the path is put together from.
 * @param window The window of the workload that was dumped.
 * @returns Its commands and its arena.
 */
export function expectedOutput(
  options: AssemblyOptions,
  window: IoWindow,
): ProgramOutput & { readonly prepared: PreparedPath } {
  const words: number[] = [];
  let prepared: PreparedPath | undefined;
  const { memory, path } = (prepared = preparePath(
    {
      ...options,
      probe: {
        command: (entry) => {
          const own = prepared?.assembly.memory;
          if (own === undefined) return;
          const from = { entry, limits: options.limits };
          eachDescriptorWord(own, from, (word) => words.push(word));
        },
      },
    },
    window,
    { decode: true },
  )).assembly;
  const { ios, warmIos } = prepared;
  replayOpen(path, prepared.window, ios.subarray(0, warmIos));
  replayOpen(path, prepared.window, ios.subarray(warmIos));
  const commands = new DataView(new ArrayBuffer(words.length * 4));
  // Commands are little-endian, whatever the machine is.
  words.forEach((word, index) => commands.setInt32(index * 4, word, true));
  return {
    commands: new Uint8Array(commands.buffer),
    arena: withoutOwnWords(memory.bytes()),
    prepared,
  };
}

/**
 * Finds the first byte that a program has otherwise than the DataView path.
 *
 * @param found What the program left behind.
 * @param expected The DataView path's.
 * @returns One line that says what differs; nothing if nothing does.
 */
export function outputDifference(
  found: ProgramOutput,
  expected: ReturnType<typeof expectedOutput>,
): string | undefined {
  const command = firstDifference(found.commands, expected.commands);
  if (command !== undefined) {
    return `byte ${command} of the commands with their lists is ${
      byte(found.commands, command)
    }, expected ${byte(expected.commands, command)}`;
  }
  const at = firstDifference(withoutOwnWords(found.arena), expected.arena);
  if (at === undefined) return undefined;
  const { regions } = expected.prepared.assembly.memory;
  const region = regions.findLast(({ offset }) => offset <= at);
  const stride = region?.strideBytes || region?.sizeBytes || 1;
  const inside = at - (region?.offset ?? 0);
  return `byte ${inside % stride} of ${region?.structure ?? "memory"} ${
    Math.floor(inside / stride)
  } (byte ${at} of memory) is ${byte(found.arena, at)} behind the last I/O, ` +
    `expected ${byte(expected.arena, at)}`;
}

/** What the DataView path keeps there, a program has in variables. */
function withoutOwnWords<Bytes extends Uint8Array>(arena: Bytes): Bytes {
  arena.fill(0, OWN_WORDS.from, OWN_WORDS.to);
  return arena;
}

function firstDifference(a: Uint8Array, b: Uint8Array): number | undefined {
  const end = Math.min(a.length, b.length);
  let at = 4 * equalWords(a, b);
  for (; at < end; at++) if (a[at] !== b[at]) return at;
  return a.length === b.length ? undefined : end;
}

/** How many words both begin with: an arena is 20 MB. */
function equalWords(a: Uint8Array, b: Uint8Array): number {
  const [ours, theirs] = [a, b].map(({ buffer, byteOffset, byteLength }) =>
    new Int32Array(buffer, byteOffset, byteLength >> 2)
  ) as [Int32Array, Int32Array];
  const end = Math.min(ours.length, theirs.length);
  let at = 0;
  while (at < end && ours[at] === theirs[at]) at++;
  return at;
}

function byte(bytes: Uint8Array, at: number): string {
  const value = bytes[at];
  return value === undefined
    ? "missing"
    : `0x${value.toString(16).padStart(2, "0")}`;
}
