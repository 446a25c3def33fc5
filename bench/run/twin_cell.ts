/**
 * A cell on two engines: which two belong together, and what the second one
 * says of how both agree.
 */
import { agreementOf } from "../result/agreement.ts";
import { countWords, instructionRatio } from "../result/counted_agreement.ts";
import { WrongAnswerError } from "../shell/context.ts";
import type { ResultCell } from "../result/result.ts";
import { apartWarnings } from "./engines_apart.ts";
import type { CellPlan } from "./cell_plan.ts";

/**
 * Returns whether a finished cell is the same as another one on another engine.
 *
 * @param plan The other one, planned or finished.
 * @returns Whether they differ in their engine alone.
 */
export function isTwin(
  cell: ResultCell,
  plan: Pick<ResultCell, "engine" | "workload" | "recognition"> & {
    readonly abi: string | CellPlan["abi"];
  },
): boolean {
  const abi = typeof plan.abi === "string" ? plan.abi : plan.abi.name;
  return cell.engine !== plan.engine && cell.workload === plan.workload &&
    cell.abi === abi && cell.recognition === plan.recognition;
}

/**
 * Adds to a cell how its ratios and those of its twin agree.
 *
 * @returns The second one; as it was if either was not timed.
 * @throws {WrongAnswerError} If the engines built other commands.
 */
export function withAgreement(twin: ResultCell, cell: ResultCell): ResultCell {
  // Where the only layout of a recognition is left out of one of them, the
  // digests are of two recognitions.
  const sees = (of: ResultCell) =>
    of.layouts.some(({ recognition }) => recognition === of.recognition);
  if (sees(twin) === sees(cell) && twin.digest !== cell.digest) {
    throw new WrongAnswerError(
      `Cannot compare engines ${twin.engine} and ${cell.engine} of ` +
        `"${cell.workload}": their commands differ (digests ${twin.digest} ` +
        `and ${cell.digest}), expected equal ones`,
    );
  }
  const isTimed = (of: ResultCell) =>
    of.layouts.some(({ ratio }) => ratio !== null);
  if (!isTimed(twin) || !isTimed(cell)) return cell;
  const { tau, opposed, oneSided, words } = agreementOf(twin, cell);
  const instructions = (name: string) => {
    const own = cell.layouts.find((layout) => layout.name === name);
    return own === undefined ? null : instructionRatio(own, cell);
  };
  return {
    ...cell,
    warnings: [...cell.warnings ?? [], ...apartWarnings(twin, cell)],
    agreement: {
      engines: [twin.engine, cell.engine],
      tau,
      opposed,
      oneSided,
      words: [words, ...countWords([twin, cell])].join("; "),
      times: cell.layouts.map(({ name, nsPerIo }) => {
        const other = twin.layouts.find((layout) => layout.name === name)
          ?.nsPerIo ?? null;
        return {
          name,
          nsPerIo: [other, nsPerIo],
          factor: other === null || nsPerIo === null
            ? null
            : other.median / nsPerIo.median,
        };
      }),
      layouts: cell.layouts.filter(({ name }) => name !== cell.baseline)
        .map(({ name, ratio, verdict }) => {
          const other = twin.layouts.find((layout) => layout.name === name);
          return {
            name,
            instructionRatio: instructions(name),
            ratios: [other?.ratio ?? null, ratio],
            verdicts: [other?.verdict ?? null, verdict],
          };
        }),
    },
  };
}
