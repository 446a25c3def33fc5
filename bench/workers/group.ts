/**
 * A group of workers that run one layout together: started, asked and stopped
 * as one. All of them are fresh isolates and see only that layout, unless their
 * owner uses them for others as well (`isSpare`).
 */
import { CommandSetDigest } from "../../sim/workers/command_set_digest.ts";
import type {
  ContenderSetup,
  WindowHandle,
} from "../contender/contender_protocol.ts";
import type {
  DeviceAnswer,
  DeviceRequest,
  GroupSetup,
  SubmitterAnswer,
  SubmitterRequest,
} from "./group_protocol.ts";
import type { GroupShape } from "../setup/group_shape.ts";
import { hardwareQueueBuffers } from "./hardware_queues.ts";
import { groupWords } from "../result/group_words.ts";
import {
  addCounts,
  type GroupObservation,
  groupObservation,
  type GroupReplay,
  type GroupTime,
  sum,
  type SustainedRate,
  sustainedRate,
} from "./group_answers.ts";
import { AskedWorker } from "../contender/asked_worker.ts";

export interface GroupOptions extends GroupShape {
  /** Whether commands are decoded; default: false. */
  readonly decode?: boolean;
  /** Whether latencies are observed; default: false. */
  readonly observe?: boolean;
  /** Whether other groups may have the workers: never of one that is timed. */
  readonly isSpare?: boolean;
  /** Longest wait for an answer in ms; default: 120 s. */
  readonly timeoutMs?: number | undefined;
  /** Ends the workers; what they were asked is rejected. */
  readonly signal?: AbortSignal | undefined;
}

type Submitter = AskedWorker<SubmitterRequest, SubmitterAnswer>;
type Device = AskedWorker<DeviceRequest, DeviceAnswer>;
type AnswerTo<Kind extends SubmitterRequest["kind"]> = Extract<
  SubmitterAnswer,
  { kind: Kind }
>;
/** What all submitters are asked at once. */
type Together = "time" | "sustain" | "replay" | "verify" | "observe";
type Served = Extract<DeviceAnswer, { kind: "serve" }>;

export class WorkerGroup {
  readonly setup: GroupSetup;
  readonly #submitters: readonly Submitter[];
  readonly #devices: readonly Device[];
  readonly #control: Int32Array<SharedArrayBuffer>;
  /** Number of the open window; 0 for none. */
  #window = 0;
  readonly #signal: AbortSignal | undefined;

  private constructor(contender: ContenderSetup, options: GroupOptions) {
    this.#signal = options.signal;
    this.#signal?.addEventListener("abort", this.#abort);
    const { workers, devices, poll, timeoutMs } = options;
    const { decode = false, observe = false, isSpare } = options;
    const { completeOn = "submitter", hwQueues } = options;
    this.setup = {
      contender,
      workers,
      devices,
      poll,
      // One submitter has nobody else to complete on.
      completeOn: workers === 1 ? "submitter" : completeOn,
      hwQueues,
      decode,
      observe,
    };
    const words = groupWords(options).count;
    this.#control = new Int32Array(new SharedArrayBuffer(words * 4));
    const { layout, recognition } = contender;
    const member = (role: string, module: string) => ({
      name: role,
      who: () => `${role} of layout "${layout}" (P2P detection ${recognition})`,
      module: new URL(module, import.meta.url),
      timeoutMs,
      isSpare,
    });
    this.#submitters = Array.from(
      { length: workers },
      (_, i) =>
        new AskedWorker(member(`submitter ${i}`, "./submitter_worker.ts")),
    );
    this.#devices = Array.from(
      { length: devices },
      (_, i) => new AskedWorker(member(`device ${i}`, "./device_worker.ts")),
    );
  }

  /**
   * Starts a group.
   *
   * @param contender The layout and its machine; its depth is each submitter's.
   * @throws {ContenderError} If a worker fails.
   */
  static async start(
    contender: ContenderSetup,
    options: GroupOptions,
  ): Promise<WorkerGroup> {
    options.signal?.throwIfAborted();
    const group = new WorkerGroup(contender, options);
    try {
      await group.#setUp();
    } catch (error) {
      group.stop();
      throw error;
    }
    return group;
  }

  /**
   * Opens a window in place of the one before: each submitter registers its
   * buffers or maps them ahead, so that no other request does.
   */
  async open(window: WindowHandle): Promise<void> {
    const id = ++this.#window;
    await Promise.all(
      this.#submitters.map((submitter) =>
        submitter.ask<"open">({ kind: "open", window, id })
      ),
    );
  }

  /**
   * Measures: all submitters run their shares of the open window this many
   * times.
   */
  async time(passes: number): Promise<GroupTime> {
    const { hosts } = await this.#together<"time">({
      kind: "time",
      window: this.#window,
      passes,
    });
    const perWorker = hosts.map(({ elapsedNs, ios }) =>
      ios === 0 ? 0 : ios / elapsedNs * 1e9
    );
    return {
      perWorker,
      iosPerSecond: sum(perWorker),
      ios: sum(hosts.map(({ ios }) => ios)),
      opened: hosts.map(({ opened }) => opened),
    };
  }

  /**
   * Has some of the submitters run their shares again and again for the given
   * time while the others sleep: the same isolates can thus be compared with
   * fewer of themselves.
   *
   * @param active The submitters that work, from 0.
   */
  async sustain(
    milliseconds: number,
    active: readonly number[],
  ): Promise<SustainedRate> {
    const { hosts } = await this.#together<"sustain">({
      kind: "sustain",
      window: this.#window,
      milliseconds,
      active,
    });
    return sustainedRate(hosts);
  }

  /** Runs the open window once, decoding its commands. */
  async replay(): Promise<GroupReplay> {
    const { hosts, served } = await this.#together<"replay">({
      kind: "replay",
      window: this.#window,
    });
    const digest = new CommandSetDigest();
    for (const { commands } of hosts) if (commands) digest.merge(commands);
    for (const { decoded } of served) if (decoded) digest.merge(decoded);
    return { digest: digest.hex(), counts: addCounts(hosts) };
  }

  /**
   * Moves and checks the bytes of the open window's first I/Os, each worker one
   * at a time.
   */
  async verify(
    options: { readonly ios: number; readonly firstIo: number },
  ): Promise<number> {
    const { hosts, served } = await this.#together<"verify">({
      kind: "verify",
      window: this.#window,
      ...options,
    }, true);
    return sum([...hosts, ...served].map(({ bytes }) => bytes));
  }

  /**
   * Runs the open window this many times, watching latencies and rings.
   */
  async observe(passes: number): Promise<GroupObservation> {
    const { hosts, served } = await this.#together<"observe">({
      kind: "observe",
      window: this.#window,
      passes,
    });
    return groupObservation(hosts, served);
  }

  /** Ends all workers; what they were asked is rejected. */
  stop(): void {
    this.#signal?.removeEventListener("abort", this.#abort);
    // terminate() ends no worker that waits or spins (Deno 2.9).
    this.#endService();
    this.#endWaiting();
    for (const member of [...this.#submitters, ...this.#devices]) member.stop();
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  readonly #abort = () => this.stop();

  async #setUp(): Promise<void> {
    const shared = {
      kind: "setup",
      setup: this.setup,
      control: this.#control.buffer,
      queues: hardwareQueueBuffers(this.setup),
    } as const;
    const made = await Promise.all(
      this.#submitters.map((submitter, worker) =>
        submitter.ask<"setup">({ ...shared, worker })
      ),
    );
    const ends = made.flatMap(({ end }) => end ?? []);
    if (this.setup.completeOn === "other") {
      await Promise.all(
        ends.map((end) =>
          this.#submitter(end.completer).ask<"complete">({
            kind: "complete",
            end,
          })
        ),
      );
    }
    await Promise.all(
      this.#devices.map((member, device) =>
        member.ask<"setup">({ ...shared, device, ends })
      ),
    );
  }

  /** Has the devices serve what is there, and wait for a message. */
  #endService(): void {
    const at = groupWords(this.setup);
    const control = this.#control;
    Atomics.store(control, at.stop, 1);
    for (let device = 0; device < this.#devices.length; device++) {
      Atomics.store(control, at.deviceBell(device), 0);
      Atomics.notify(control, at.deviceBell(device));
    }
  }

  #endWaiting(): void {
    const at = groupWords(this.setup);
    const control = this.#control;
    const wake = (word: number) => Atomics.notify(control, word);
    for (let worker = 0; worker < this.#submitters.length; worker++) {
      Atomics.store(control, at.submitterBell(worker), 0);
      wake(at.submitterBell(worker));
    }
    // Whoever has not come to the barrier will not come any more.
    Atomics.add(control, at.opened, 1);
    wake(at.opened);
  }

  #submitter(worker: number): Submitter {
    const found = this.#submitters[worker];
    if (found === undefined) {
      throw new RangeError(`Cannot find submitter ${worker}`);
    }
    return found;
  }

  /** Asks all submitters the same while the devices serve them. */
  async #together<Kind extends Together>(
    request: Extract<SubmitterRequest, { kind: Kind }>,
    movesBytes = false,
  ): Promise<{ hosts: AnswerTo<Kind>[]; served: Served[] }> {
    const at = groupWords(this.setup);
    const control = this.#control;
    Atomics.store(control, at.stop, 0);
    // All of them sleep now; the last time fewer may have come to the barrier.
    Atomics.store(control, at.arrived, 0);
    const serving = Promise.all(
      this.#devices.map((device) =>
        device.ask<"serve">({ kind: "serve", movesBytes })
      ),
    );
    const working = Promise.all(
      this.#submitters.map((submitter) => submitter.ask<Kind>(request)),
    );
    try {
      // A device that fails leaves submitters waiting: its error comes first.
      const hosts = await Promise.race([working, serving.then(() => working)]);
      this.#endService();
      return { hosts, served: await serving };
    } catch (error) {
      // Nobody can say where the other workers are in their rings.
      working.catch(() => {});
      serving.catch(() => {});
      this.stop();
      throw error;
    }
  }
}
