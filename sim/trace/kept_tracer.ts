/**
 * A recorder and the arena that it watches, which the traced paths of an isolate
 * have one after the other: `sim/memory/kept_arena.ts` says why.
 */
import { KeptArena } from "../memory/kept_arena.ts";
import { type AccessBatch, AccessRecorder } from "./access_batch.ts";

/** What the traced paths of an isolate have one after the other. */
export class KeptTracer {
  /** Their memory. */
  readonly arena: KeptArena = new KeptArena();
  #recorder: AccessRecorder | undefined;

  /**
   * Gives the recorder to another path.
   *
   * @param addressHi High 32 bits of all addresses.
   * @param consume Takes a batch; what it holds is gone afterwards.
   * @returns The recorder, empty and off.
   */
  restart(
    addressHi: number,
    consume: (batch: AccessBatch) => void,
  ): AccessRecorder {
    if (this.#recorder === undefined) {
      return this.#recorder = new AccessRecorder(addressHi, consume);
    }
    this.#recorder.restart(addressHi, consume);
    return this.#recorder;
  }
}
