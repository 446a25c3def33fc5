/**
 * A contender whose worker stops answering: it is let come as far as it will,
 * and then its watchdog's time passes.
 */
import { assertEquals, assertRejects } from "@std/assert";
import {
  Contender,
  type ContenderOptions,
} from "../../bench/contender/contender.ts";
import { ContenderError } from "../../bench/contender/asked_worker.ts";
import type {
  ContenderRequest,
  ContenderSetup,
} from "../../bench/contender/contender_protocol.ts";
import { withHandTimers } from "./hand_timers.ts";
import { RELEASED } from "./released.ts";

/** A request that is never answered. */
export interface Hang {
  /** How the worker is watched. */
  readonly options: ContenderOptions & { readonly timeoutMs: number };
  /** What it is asked. */
  readonly request: ContenderRequest;
  /** The words of its progress where it stops. */
  readonly progress: readonly number[];
}

/**
 * Asks a worker that will not answer.
 *
 * @param setup What it is made from.
 * @param hang What it is asked, and how far it comes.
 * @returns The error once the time is over and none before it, and that of
 *   asking again.
 */
export function hangOf(
  setup: ContenderSetup,
  { options, request, progress }: Hang,
): Promise<{ error: Error; again: Error }> {
  return withHandTimers(async ({ pass, until, posted }) => {
    const contender = await Contender.start(setup, options);
    const words = new Int32Array(
      (posted[0] as { progress: SharedArrayBuffer }).progress,
    );
    let isOver = false;
    const asked = contender.ask(request).finally(() => isOver = true);
    const rejected = assertRejects(() => asked, ContenderError);
    await until(() => isOver || progress.every((word, i) => words[i] === word));
    pass(options.timeoutMs - 1);
    await Promise.resolve();
    assertEquals(isOver, false, "it was given up before its time");
    pass(1);
    const error = await rejected;
    const again = await assertRejects(() => contender.ask(request), Error);
    contender.stop();
    Atomics.store(words, 0, RELEASED);
    Atomics.notify(words, 0);
    return { error, again };
  });
}
