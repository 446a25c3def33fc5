/**
 * A model checker for code written against `SharedWords`: runs the code itself
 * in every interleaving of its accesses to shared memory.
 *
 * A process is a list of operations, chosen one at a time by its local state.
 * To take one step of an operation, the operation is run from its beginning;
 * accesses made before are answered from the record, the next one is done on
 * the memory, and the one after that ends the run by an exception. States that
 * were seen before (memory, local states, records) are not explored again.
 *
 * A sleeper is not enabled until it is notified. Where nobody is enabled and
 * not all have ended, a wake-up was lost.
 */
import type { SharedWords } from "../../../sim/memory/shared_words.ts";

/** One worker of the model. */
export interface Process<Local> {
  /** Its name, for reports. */
  readonly name: string;
  /** State at the start; plain data. */
  readonly start: Local;
  /** Whether it has ended. */
  readonly ended: (local: Local) => boolean;
  /** Whether it may sleep for ever, as a server may. */
  readonly serves?: boolean;
  /**
   * Runs its next operation to the end on words; answers its next state.
   * Nothing but `words` and `local` may be used, and `local` not be changed.
   */
  readonly operate: (words: SharedWords, local: Local) => Local;
}

/** What is explored. */
export interface Model {
  /** The memory at the start. */
  readonly initial: Int32Array;
  /** Words that one process owns for good: no step of the model. */
  readonly isPrivate: (word: number) => boolean;
  /** The workers. */
  // deno-lint-ignore no-explicit-any
  readonly processes: readonly Process<any>[];
  /** Says what is wrong with a state, if anything is. */
  readonly check: (
    memory: Int32Array,
    ended: boolean,
    locals: readonly unknown[],
  ) => string | null;
  /** States at most. */
  readonly limit?: number;
}

/** What exploring found. */
export interface Exploration {
  /** Different states. */
  readonly states: number;
  /** What was wrong first, with the steps that lead there; null for nothing. */
  readonly failure: string | null;
}

interface Place {
  readonly local: unknown;
  readonly record: readonly number[];
  /** Word that it sleeps on, or -1. */
  readonly asleepOn: number;
}
interface State {
  readonly memory: Int32Array;
  readonly places: readonly Place[];
  readonly path: Trail | null;
}
interface Trail {
  readonly step: string;
  readonly before: Trail | null;
}

class Paused extends Error {}
class Asleep extends Error {
  readonly word: number;
  constructor(word: number) {
    super();
    this.word = word;
  }
}

/** Runs a model through all interleavings. */
export function explore(model: Model): Exploration {
  const { processes, limit = 2_000_000 } = model;
  const seen = new Set<string>();
  const stack: State[] = [{
    memory: model.initial,
    places: processes.map(({ start }) => ({
      local: start,
      record: [],
      asleepOn: -1,
    })),
    path: null,
  }];
  let states = 0;
  for (;;) {
    const state = stack.pop();
    if (state === undefined) return { states, failure: null };
    const key = `${state.memory.join()}|${JSON.stringify(state.places)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    if (++states > limit) return { states, failure: "too many states" };
    const locals = state.places.map(({ local }) => local);
    const isOver = processes.every((process, i) =>
      process.serves || process.ended(locals[i])
    );
    const wrong = model.check(state.memory, isOver, locals);
    if (wrong !== null) return { states, failure: tell(wrong, state) };
    if (isOver) continue;
    let enabled = 0;
    for (let i = 0; i < processes.length; i++) {
      const place = state.places[i] as Place;
      if (place.asleepOn >= 0) continue;
      const process = processes[i] as Process<unknown>;
      if (process.ended(place.local)) continue;
      enabled++;
      stack.push(step(model, state, i));
    }
    if (enabled === 0) {
      return { states, failure: tell("everybody sleeps", state) };
    }
  }
}

function step(model: Model, state: State, index: number): State {
  const process = model.processes[index] as Process<unknown>;
  const place = state.places[index] as Place;
  const memory = state.memory.slice();
  const places = [...state.places];
  const record = [...place.record];
  let position = 0;
  let shared = 0;
  let what = "";
  /** Does an access, or answers it from the record. */
  const access = (
    word: number,
    name: string,
    act: () => number,
  ): number => {
    if (position < record.length) return record[position++] as number;
    if (!model.isPrivate(word)) {
      if (shared === 1) throw new Paused();
      shared++;
      what = `${process.name}: ${name} ${word}`;
    }
    const value = act();
    record.push(value);
    position++;
    return value;
  };
  const get = (word: number) => memory[word] as number;
  const put = (word: number, value: number) => {
    const before = get(word);
    memory[word] = value;
    return before;
  };
  const read = (word: number) => access(word, "reads", () => get(word));
  const write = (word: number, value: number) => {
    access(word, "writes", () => put(word, value));
  };
  const words: SharedWords = {
    read,
    write,
    load: read,
    store: write,
    exchange: (word, value) =>
      access(word, "exchanges", () => put(word, value)),
    compareExchange: (word, expected, value) =>
      access(
        word,
        "compares",
        () => get(word) === expected ? put(word, value) : get(word),
      ),
    wait: (word, expected) => {
      access(word, "sleeps on", () => {
        if (get(word) === expected) throw new Asleep(word);
        return 0;
      });
    },
    notify: (word) => {
      access(word, "wakes", () => {
        places.forEach((other, i) => {
          if (other.asleepOn !== word) return;
          // Its wait() has returned: that is in its record now.
          places[i] = {
            ...other,
            asleepOn: -1,
            record: [...other.record, 0],
          };
        });
        return 0;
      });
    },
  };
  let next: Place;
  try {
    const local = process.operate(words, place.local);
    next = { local, record: [], asleepOn: -1 };
  } catch (error) {
    if (error instanceof Paused) {
      next = { local: place.local, record, asleepOn: -1 };
    } else if (error instanceof Asleep) {
      next = { local: place.local, record, asleepOn: error.word };
    } else throw error;
  }
  places[index] = next;
  return { memory, places, path: { step: what, before: state.path } };
}

function tell(wrong: string, state: State): string {
  const steps: string[] = [];
  for (let at = state.path; at !== null; at = at.before) steps.push(at.step);
  return `${wrong} after ${steps.length} steps: ${
    steps.reverse().slice(-12).join("; ")
  }`;
}
