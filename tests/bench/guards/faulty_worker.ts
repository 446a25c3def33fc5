/**
 * A contender's worker with a fault in it. The module's query names the fault
 * and a word of the contenders in which it is: role, layout, recognition.
 */
import "../../../bench/contender/contender_worker.ts";
import type { ContenderRequest } from "../../../bench/contender/contender_protocol.ts";
import { FAULTS } from "./faults.ts";

declare const self: {
  readonly name: string;
  onmessage: ((event: { data: ContenderRequest }) => void) | null;
};

const { searchParams } = new URL(import.meta.url);
const name = searchParams.get("fault") ?? "";
const where = searchParams.get("in") ?? "";
const fault = FAULTS[name]?.();
if (fault === undefined) {
  throw new RangeError(`Cannot find fault "${name}"`);
}
const [role] = self.name.split("/");
/** Of the contender that is set up now: an isolate may audit several. */
let isFaulty = false;
const real = self.onmessage;
self.onmessage = ({ data }) => {
  if (data.kind === "setup") {
    const { layout, recognition } = data.setup;
    isFaulty = `${role}/${layout}/${recognition}`.includes(where);
  }
  real?.({ data: isFaulty ? fault(data) : data });
};
