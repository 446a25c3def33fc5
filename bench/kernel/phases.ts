/**
 * Which part of an I/O an instruction belongs to: submission, nvme's interrupt,
 * completion; or something that the I/O does not owe, such as other interrupts,
 * other tasks and the scheduler. Derived from the entries of the kernel, iret,
 * and stores to the current task's pointer.
 */
import { EVENT, INSTRUCTION, type IoTrace } from "./trace_reader.ts";
import type { Symbols } from "./symbols.ts";

/** Parts of an I/O in the order of their numbers. */
export const PHASES = [
  "submit",
  "irq",
  "softirq",
  "finish",
  "switch",
  "excluded",
] as const;
const SUBMIT = 0;
const IRQ = 1;
const SOFTIRQ = 2;
const FINISH = 3;
const SWITCH = 4;
const EXCLUDED = 5;

/** Which parts are the I/O's own. */
export function ofIo(phase: number): boolean {
  return phase === SUBMIT || phase === IRQ || phase === FINISH;
}

/** What is known of the kernel for telling phases. */
export interface PhaseSetting {
  readonly symbols: Symbols;
  /** Where the current task's pointer is. */
  readonly currentTask: number | undefined;
  /** The guest program's task. */
  readonly ownTask: number;
}

interface KnownFunction {
  readonly id: number;
  readonly name: string;
  readonly module: string;
  readonly at: number;
  readonly entry: "irq" | "inherit" | "excluded" | undefined;
  readonly isSchedule: boolean;
  readonly isSoftirq: boolean;
  readonly isIssuer: boolean;
  readonly isNvmeIrq: boolean;
  /** Whether it does nothing but fill memory, such as init_on_alloc's. */
  readonly fills: boolean;
}

interface Frame {
  readonly kind: "irq" | "inherit" | "excluded";
  readonly firstEvent: number;
  readonly stack: number;
  sawNvme: boolean;
  softirq: KnownFunction | undefined;
}

interface Context {
  readonly frames: Frame[];
  readonly stack: number;
  scheduling: boolean;
  /** A worker that issues the I/O, while it does. */
  issuing: boolean;
}

/**
 * What a worker does for somebody else's I/O: kblockd where a plug was flushed
 * by going to sleep (6.1's direct writes), io-wq where io_uring gave it away.
 */
const ISSUERS: ReadonlySet<string> = new Set([
  "blk_mq_run_work_fn",
  "io_wq_submit_work",
]);

/** Marks each event of an I/O with its phase and function. */
export class Phases {
  readonly #setting: PhaseSetting;
  readonly #byAddress = new Map<number, KnownFunction>();
  readonly #byStart = new Map<number, KnownFunction>();
  readonly #functions: KnownFunction[] = [];
  /** Phase of each event. */
  phases: Uint8Array = new Uint8Array(0);
  /** Number of the function of each event. */
  functions: Uint32Array = new Uint32Array(0);
  /** Number of the stack that each event runs on: a task's, an interrupt's. */
  stacks: Uint32Array = new Uint32Array(0);
  /** Whether the instruction counts: all but further rounds of a rep. */
  counted: Uint8Array = new Uint8Array(0);
  /** Whether the store fills memory: one of memset() or of a rep stos. */
  bulk: Uint8Array = new Uint8Array(0);

  /** Begins with no function known. */
  constructor(setting: PhaseSetting) {
    this.#setting = setting;
  }

  /** Returns the name of a function; `?` if it is none that was seen. */
  nameOf(id: number): string {
    return this.#functions[id]?.name ?? "?";
  }

  /** Returns whether an address is the first one of a function. */
  isEntry(id: number, address: number): boolean {
    return this.#functions[id]?.at === address;
  }

  /** @returns The module; empty for the kernel itself. */
  moduleOf(id: number): string {
    return this.#functions[id]?.module ?? "";
  }

  /**
   * Works through an I/O.
   *
   * @param trace Its events; the marks are left in this object's arrays.
   */
  mark(trace: IoTrace): void {
    this.#reserve(trace.count);
    const { currentTask, ownTask } = this.#setting;
    const { phases, functions, stacks, counted, bulk } = this;
    let newestStack = 0;
    const contexts = new Map<number, Context>();
    const contextOf = (task: number) =>
      contexts.getOrInsertComputed(task, () => ({
        frames: [],
        stack: newestStack++,
        scheduling: false,
        issuing: false,
      }));
    let task = ownTask;
    let context = contextOf(task);
    let completed = false;
    let phase = SUBMIT;
    let current: KnownFunction | undefined;
    let before = -1;
    let repeated = false;
    for (let event = 0; event < trace.count; event++) {
      const address = trace.addresses[event] ?? 0;
      if (trace.kinds[event] !== EVENT.instruction) {
        phases[event] = phase;
        functions[event] = current?.id ?? 0;
        stacks[event] = context.frames.at(-1)?.stack ?? context.stack;
        counted[event] = 0;
        bulk[event] = trace.kinds[event] === EVENT.store &&
            (current?.fills === true ||
              repeated && trace.kinds[event - 1] !== EVENT.load)
          ? 1
          : 0;
        if (
          trace.kinds[event] === EVENT.store && address === currentTask
        ) {
          task = trace.values[event] ?? 0;
          context = contextOf(task);
        }
        continue;
      }
      const known = this.#functionAt(address);
      current = known;
      const detail = trace.details[event] ?? 0;
      if (known.entry !== undefined && address === known.at) {
        const top = context.frames.at(-1);
        // The stub of a vector jumps to the entry: one interrupt, not two.
        const again = top !== undefined && top.firstEvent >= event - 4 &&
          known.name !== "irq_entries_start";
        if (!again) {
          context.frames.push({
            kind: known.entry,
            firstEvent: event,
            stack: newestStack++,
            sawNvme: false,
            softirq: undefined,
          });
        }
      }
      const frame = context.frames.at(-1);
      if (known.isNvmeIrq && frame !== undefined) {
        frame.sawNvme = true;
        completed = true;
      }
      if (known.isSoftirq && frame !== undefined) frame.softirq ??= known;
      if (
        known.isSchedule && frame === undefined && task === ownTask &&
        address === known.at
      ) context.scheduling = true;
      if (known.isIssuer && frame === undefined && address === known.at) {
        context.issuing = true;
      }
      phase = this.#phase(context, task, completed);
      phases[event] = phase;
      functions[event] = known.id;
      stacks[event] = frame?.stack ?? context.stack;
      repeated = detail === INSTRUCTION.repeated;
      counted[event] = repeated && before === address ? 0 : 1;
      bulk[event] = 0;
      before = address;
      if (detail === INSTRUCTION.interruptReturn && frame !== undefined) {
        context.frames.pop();
        this.#endInterrupt(frame, event);
      } else if (detail === INSTRUCTION.return) {
        if (frame?.softirq?.id === known.id) frame.softirq = undefined;
        if (known.isSchedule && frame === undefined && task === ownTask) {
          context.scheduling = false;
        }
        if (known.isIssuer && frame === undefined) context.issuing = false;
      }
    }
  }

  /** An interrupt without a function of nvme is not part of the I/O. */
  #endInterrupt(
    { kind, sawNvme, firstEvent, stack }: Frame,
    event: number,
  ): void {
    if (kind !== "irq" || sawNvme) return;
    // Not what came in between: nvme's, on this one's softirqs.
    for (let back = firstEvent; back <= event; back++) {
      if (this.phases[back] === IRQ && this.stacks[back] === stack) {
        this.phases[back] = EXCLUDED;
      }
    }
  }

  #phase(context: Context, task: number, completed: boolean): number {
    for (let index = context.frames.length - 1; index >= 0; index--) {
      const frame = context.frames[index];
      if (frame === undefined || frame.kind === "inherit") continue;
      if (frame.kind === "excluded") return EXCLUDED;
      return frame.softirq === undefined ? IRQ : SOFTIRQ;
    }
    if (task !== this.#setting.ownTask) {
      return context.issuing ? completed ? FINISH : SUBMIT : EXCLUDED;
    }
    if (context.scheduling) return SWITCH;
    return completed ? FINISH : SUBMIT;
  }

  #functionAt(address: number): KnownFunction {
    const known = this.#byAddress.get(address);
    if (known !== undefined) return known;
    const symbol = this.#setting.symbols.at(address);
    const at = symbol?.at ?? -1;
    let made = this.#byStart.get(at);
    if (made === undefined) {
      const name = symbol?.name ?? "?";
      made = {
        id: this.#functions.length,
        name,
        module: symbol?.module ?? "",
        at,
        entry: entryOf(name),
        isSchedule: name === "__schedule",
        isSoftirq: name === "__do_softirq" || name === "handle_softirqs",
        isIssuer: ISSUERS.has(name),
        isNvmeIrq: name === "nvme_irq",
        fills: /^(__)?memset|^clear_page/.test(name),
      };
      this.#functions.push(made);
      this.#byStart.set(at, made);
    }
    this.#byAddress.set(address, made);
    return made;
  }

  #reserve(count: number): void {
    if (this.phases.length >= count) return;
    const length = count * 2;
    this.phases = new Uint8Array(length);
    this.functions = new Uint32Array(length);
    this.stacks = new Uint32Array(length);
    this.counted = new Uint8Array(length);
    this.bulk = new Uint8Array(length);
  }
}

function entryOf(name: string): KnownFunction["entry"] {
  if (name === "asm_common_interrupt" || name === "irq_entries_start") {
    return "irq";
  }
  if (name.startsWith("asm_exc_")) return "inherit";
  if (name.startsWith("asm_sysvec_") || name === "asm_spurious_interrupt") {
    return "excluded";
  }
  return undefined;
}
