/**
 * The worker of one codec contender: it learns once which one it is, then runs.
 */
import { type CodecContender, makeContender, PASSES } from "./contender.ts";

/** The part of a worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<CodecContender | "run">) => void) | null;
  postMessage(message: number): void;
}

const scope = globalThis as unknown as WorkerScope;
let pass: (() => number) | undefined;

scope.onmessage = ({ data }) => {
  if (data !== "run") {
    pass = makeContender(data);
    // Past V8's optimisation, so that the first measurement is like the last.
    for (let i = 0; i < PASSES * 4; i++) pass();
  }
  let sum = 0;
  if (pass !== undefined) { for (let i = 0; i < PASSES; i++) sum ^= pass(); }
  scope.postMessage(sum);
};
