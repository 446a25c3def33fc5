/**
 * A path whose every access to kernel memory is recorded: the very code that
 * is timed elsewhere, over a tracing view (design.md, rule 2).
 */
import { putTogether } from "../setup/put_together.ts";
import { type AccessBatch, AccessRecorder } from "../trace/access_batch.ts";
import { ARENA_PHYS_HI_64 } from "../memory/kernel_memory.ts";
import type { KeptTracer } from "../trace/kept_tracer.ts";
import { TracingView } from "../trace/tracer.ts";
import type { TracedPath, TracedPathOptions } from "./traced_path.ts";

/**
 * Makes a path that records, from parts whose form is known to be right:
 * `tracePath()` looks first.
 *
 * @param consume Takes the accesses in batches.
 * @param kept Recorder and memory of the traced path before it, which must not
 *   be used any more; default: new ones.
 * @throws {RangeError} If there is no such path.
 */
export function recordPath(
  options: TracedPathOptions,
  consume: (batch: AccessBatch) => void,
  kept?: KeptTracer,
): TracedPath {
  // The arena's physical address, so that an offset is its low half.
  const addressHi = options.abi.pointerBytes === 8 ? ARENA_PHYS_HI_64 : 0;
  const recorder = kept?.restart(addressHi, consume) ??
    new AccessRecorder(addressHi, consume);
  const allocatedBytes = new Map<string, number>();
  let isOn = false;
  let leftOut = -1;
  const assembly = putTogether({
    ...options,
    decode: false,
    kept: kept?.arena,
    probe: {
      access: (plain) => new TracingView(plain, recorder),
      freelist: (inside, taken, zeroes = false) => {
        recorder.inAllocator = inside && !zeroes;
        recorder.inZeroing = inside && zeroes;
        if (taken === undefined || !recorder.enabled) return;
        const { structure, strideBytes } = taken;
        const before = allocatedBytes.get(structure) ?? 0;
        allocatedBytes.set(structure, before + strideBytes);
      },
      stage: (stage) => {
        recorder.stage = stage;
        recorder.enabled = isOn && stage !== leftOut;
      },
    },
  });
  const record = (on: boolean, leftOutStage = -1): void => {
    isOn = on;
    leftOut = leftOutStage;
    recorder.enabled = on && recorder.stage !== leftOut;
    recorder.flush();
  };
  return {
    assembly,
    parts: assembly.path.regionParts,
    allocatedBytes,
    record,
    flush: () => recorder.flush(),
  };
}
