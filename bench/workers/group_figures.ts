/**
 * The groups of a cell: that they build the same commands as one worker and
 * move the same bytes, what was seen of their rings, and how fast they are.
 */
import { WrongAnswerError } from "../shell/context.ts";
import type { ContenderSetup } from "../contender/contender_protocol.ts";
import { type GroupOptions, WorkerGroup } from "./group.ts";
import type { GroupShape } from "../setup/group_shape.ts";
import type { ResultGroup, ResultWorkers } from "../result/group_types.ts";
import { sharedLines } from "./sharing.ts";
import { measureScaling, type ScalingOptions } from "./scaling.ts";

/** I/Os whose bytes are moved and checked by a group, at most. */
const VERIFIED_IOS = 128;
const OBSERVED_PASSES = 4;
/** I/Os of each submitter that are traced for shared lines. */
const TRACED_IOS = 256;

export interface GroupFiguresOptions extends ScalingOptions {
  /** Called with what is being done. */
  readonly onStage?: (stage: string) => void;
}

/**
 * Runs the groups of a cell.
 *
 * @param options Layouts, window, sizes and time.
 * @throws {WrongAnswerError} If a group built other commands than one worker.
 * @throws {ContenderError} If a worker failed.
 */
export async function groupFigures(
  options: GroupFiguresOptions,
): Promise<ResultWorkers> {
  const { setups, workers, devices, poll, signal, rounds, window } = options;
  const watch = { timeoutMs: options.timeoutMs, signal };
  const inGroup = async <Result>(
    setup: ContenderSetup,
    of: GroupShape & Pick<GroupOptions, "decode" | "observe" | "isSpare">,
    work: (group: WorkerGroup) => Promise<Result>,
  ): Promise<Result> => {
    using group = await WorkerGroup.start(setup, { ...of, ...watch });
    await group.open(window);
    return await work(group);
  };
  const { completeOn = "submitter", hwQueues } = options;
  const shape = { workers, devices, poll, completeOn, hwQueues };
  const toCheck = { decode: true, isSpare: true };
  /** What one worker builds, by recognition. */
  const expected = new Map<string, string>();
  const groups: ResultGroup[] = [];
  for (const [layout, setup] of setups) {
    if (signal?.aborted) break;
    options.onStage?.(`checking ${workers} workers of ${layout}`);
    const { recognition } = setup;
    let one = expected.get(recognition);
    if (one === undefined) {
      const alone = { workers: 1, devices: 0, poll: false };
      one = await inGroup(
        setup,
        { ...alone, ...toCheck },
        async (group) => (await group.replay()).digest,
      );
      expected.set(recognition, one);
    }
    const checked = await inGroup(
      setup,
      { ...shape, ...toCheck },
      (group) => check(group, { layout, expected: one as string }),
    );
    const seen = await inGroup(
      setup,
      { ...shape, observe: true },
      async (group) => {
        await group.observe(1);
        return await group.observe(OBSERVED_PASSES);
      },
    );
    const { structures, totals, atomics, ios } = await sharedLines({
      contender: setup,
      ...shape,
      decode: false,
      observe: false,
    }, { window, ios: TRACED_IOS, ...watch });
    const { ios: observedIos, ...observed } = seen;
    groups.push({
      layout,
      ...checked,
      observedIos,
      ...observed,
      sharing: {
        iosPerWorker: TRACED_IOS,
        structures,
        ...totals,
        tracedIos: ios,
        atomics,
      },
    });
  }
  options.onStage?.(`timing up to ${workers} workers`);
  const scaling = rounds === 0 || signal?.aborted
    ? []
    : await measureScaling(options);
  const depth = [...setups.values()][0]?.depth ?? 0;
  return {
    ...shape,
    hwQueues: hwQueues ?? workers,
    depth,
    scaling,
    groups,
  };
}

async function check(
  group: WorkerGroup,
  options: { readonly layout: string; readonly expected: string },
): Promise<Pick<ResultGroup, "digest" | "verifiedBytes">> {
  const { layout, expected } = options;
  const verifiedBytes = await group.verify({
    ios: VERIFIED_IOS,
    firstIo: 0,
  });
  const { digest } = await group.replay();
  if (digest !== expected) {
    const { workers, devices } = group.setup;
    throw new WrongAnswerError(
      `Cannot trust layout "${layout}" with workers ${workers} and devices ` +
        `${devices}: its set of commands is ${digest}, expected ${expected} ` +
        `as one worker builds it`,
    );
  }
  return { digest, verifiedBytes };
}
