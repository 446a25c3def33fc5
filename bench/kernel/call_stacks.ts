/**
 * What functions execute together with what they call, by shadow stacks: one
 * for each task and each interrupt.
 */
import { ofIo, type Phases } from "./phases.ts";
import { EVENT, INSTRUCTION, type IoTrace } from "./trace_reader.ts";

class CallStack {
  /** Calls; each is a function and those that it was left for by a jump. */
  readonly #calls: number[][] = [];
  /** How often a function is on the stack, and since which instruction. */
  readonly #active = new Map<number, { depth: number; since: number }>();
  readonly #inclusive: Map<number, number>;
  #instructions = 0;
  /** Whether the next instruction is the first one of a call. */
  called = false;

  constructor(inclusive: Map<number, number>) {
    this.#inclusive = inclusive;
  }

  /** Counts an instruction of a function. */
  run(id: number, atEntry: boolean, counts: boolean): void {
    const call = this.#calls.at(-1);
    if (this.called || call === undefined) {
      this.#calls.push([id]);
      this.#enter(id);
    } else if (call.at(-1) !== id) this.#jump(call, id, atEntry);
    this.called = false;
    if (counts) this.#instructions++;
  }

  /** Ends the innermost call. */
  leave(): void {
    for (const id of this.#calls.pop() ?? []) this.#exit(id);
  }

  close(): void {
    while (this.#calls.length > 0) this.leave();
  }

  /**
   * A jump to a function's entry is a tail call: in the source it is a call.
   * Any other one leads back to where the function left for its cold part, or
   * out of one that nobody entered by its beginning.
   */
  #jump(call: number[], id: number, atEntry: boolean): void {
    const before = call.lastIndexOf(id);
    const kept = before >= 0 ? before + 1 : atEntry ? call.length : 0;
    for (const left of call.splice(kept)) this.#exit(left);
    if (before >= 0) return;
    call.push(id);
    this.#enter(id);
  }

  #enter(id: number): void {
    const active = this.#active.get(id);
    if (active !== undefined && active.depth > 0) active.depth++;
    else this.#active.set(id, { depth: 1, since: this.#instructions });
  }

  #exit(id: number): void {
    const active = this.#active.get(id);
    if (active === undefined || --active.depth > 0) return;
    const count = this.#instructions - active.since;
    this.#inclusive.set(id, (this.#inclusive.get(id) ?? 0) + count);
  }
}

/**
 * Counts the I/O's instructions of each function and of what it calls, once
 * where it is on the stack twice. Interrupts belong to none that they hit.
 */
export function inclusiveInstructions(
  trace: IoTrace,
  phases: Phases,
): Map<number, number> {
  const inclusive = new Map<number, number>();
  const stacks = new Map<number, CallStack>();
  for (let event = 0; event < trace.count; event++) {
    if (trace.kinds[event] !== EVENT.instruction) continue;
    const number = phases.stacks[event] ?? 0;
    const stack = stacks.getOrInsertComputed(
      number,
      () => new CallStack(inclusive),
    );
    const id = phases.functions[event] ?? 0;
    stack.run(
      id,
      phases.isEntry(id, trace.addresses[event] ?? -1),
      phases.counted[event] === 1 && ofIo(phases.phases[event] ?? 0),
    );
    const detail = trace.details[event];
    if (detail === INSTRUCTION.call) stack.called = true;
    else if (detail === INSTRUCTION.return) stack.leave();
  }
  for (const stack of stacks.values()) stack.close();
  for (const [id, count] of inclusive) if (count === 0) inclusive.delete(id);
  return inclusive;
}
