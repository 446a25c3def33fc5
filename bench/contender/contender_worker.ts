/**
 * The worker of one contender. The isolate that times a layout runs nothing
 * but its plain path; auditing and tracing are asked of another isolate.
 */
import { ContenderWork } from "./contender_work.ts";
import type {
  ContenderAnswer,
  ContenderRequest,
} from "./contender_protocol.ts";
import { failureOf } from "./failure.ts";

declare const self: {
  onmessage: ((event: MessageEvent<ContenderRequest>) => void) | null;
  postMessage(answer: ContenderAnswer): void;
};

const work = new ContenderWork();

self.onmessage = async ({ data: request }) => {
  try {
    self.postMessage(await work.answer(request));
  } catch (error) {
    self.postMessage(failureOf(error));
  }
};
