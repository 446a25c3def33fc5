/**
 * A contender's worker with a fault in it. The module's query names the fault
 * and a word of the workers' names in which it is: role, layout, recognition.
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
const fault = self.name.includes(searchParams.get("in") ?? "")
  ? FAULTS[name]?.()
  : (request: ContenderRequest) => request;
if (fault === undefined) {
  throw new RangeError(`Cannot find fault "${name}"`);
}
const real = self.onmessage;
self.onmessage = ({ data }) => real?.({ data: fault(data) });
