/**
 * The faults of a plan as they are armed for each I/O, and how often each rule
 * chose one and hit it. Which I/Os are chosen by chance depends only on seed,
 * rule and the order of I/Os, not on layout, depth or kernel.
 */
import { randomStream } from "../random/random_stream.ts";
import type { FaultKind, FaultRule, InjectionPlan } from "./plan.ts";

/** A fault that is to hit one I/O. */
export interface ArmedFault {
  readonly rule: FaultRule;
  /** The rule's number in the plan. */
  readonly index: number;
  /** How often it is still to hit. */
  left: number;
  /** How often it did. */
  hits: number;
  /** How often a controller reset came before anybody saw it. */
  swallowed: number;
  /** Whether a request has it: the I/O's first one. */
  taken: boolean;
}

/** What became of one rule. */
export interface RuleCount {
  readonly kind: FaultKind;
  /** The rule's number in the plan. */
  readonly rule: number;
  /** I/Os that it chose. */
  chosen: number;
  /** I/Os that it hit; fewer where there was nothing to fail. */
  injected: number;
  /** Attempts that it hit. */
  hits: number;
}

/** The faults of a plan, I/O by I/O. */
export class ArmedFaults {
  /** What became of each rule. */
  readonly counts: readonly RuleCount[];
  readonly #rules: readonly FaultRule[];
  readonly #chosen: readonly ((io: number) => boolean)[];

  constructor(plan: InjectionPlan) {
    this.#rules = plan.rules;
    this.counts = plan.rules.map(({ kind }, rule) => ({
      kind,
      rule,
      chosen: 0,
      injected: 0,
      hits: 0,
    }));
    this.#chosen = plan.rules.map(({ choice }, index) => {
      if (choice.by === "io") {
        const ios = new Set(choice.ios);
        return (io) => ios.has(io);
      }
      if (choice.by === "every") {
        const { every, from } = choice;
        return (io) => io >= from && (io - from) % every === 0;
      }
      const random = randomStream(plan.seed, `fault ${index}`);
      return () => random.fraction() < choice.probability;
    });
  }

  /**
   * Chooses the faults of an I/O; I/Os must come in their order, each once.
   *
   * @returns Its faults; none where no rule chose it.
   */
  choose(io: number): ArmedFault[] {
    let armed = NONE;
    for (const [index, isChosen] of this.#chosen.entries()) {
      if (!isChosen(io)) continue;
      const rule = this.#rules[index] as FaultRule;
      (this.counts[index] as RuleCount).chosen++;
      const fault = {
        rule,
        index,
        left: rule.times,
        hits: 0,
        swallowed: 0,
        taken: false,
      };
      armed = armed === NONE ? [fault] : [...armed, fault];
    }
    return armed;
  }

  /** Counts that a fault has hit. */
  hit(fault: ArmedFault): void {
    const count = this.counts[fault.index] as RuleCount;
    if (fault.hits === 0) count.injected++;
    count.hits++;
    fault.hits++;
    fault.left--;
  }
}

const NONE: ArmedFault[] = [];
