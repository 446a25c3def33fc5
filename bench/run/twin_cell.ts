/**
 * A cell on two engines: which two belong together, and what the second one
 * says of how both agree.
 */
import { agreementOf } from "../experiment/agreement.ts";
import { WrongAnswerError } from "../command/context.ts";
import type { ResultCell } from "../result.ts";
import type { CellPlan } from "./plan.ts";

/**
 * Tells whether a finished cell is the same as a planned one on another engine.
 *
 * @param cell The finished cell.
 * @param plan The planned one.
 * @returns Whether they differ in their engine alone.
 */
export function isTwin(cell: ResultCell, plan: CellPlan): boolean {
  return cell.engine !== plan.engine && cell.workload === plan.workload &&
    cell.abi === plan.abi.name && cell.recognition === plan.recognition;
}

/**
 * Adds to a cell how its ratios and those of its twin agree.
 *
 * @param twin The cell on the first engine.
 * @param cell The cell on the second one.
 * @returns The second one; as it was if either was not timed.
 * @throws {WrongAnswerError} If the engines built other commands.
 */
export function withAgreement(twin: ResultCell, cell: ResultCell): ResultCell {
  if (twin.digest !== cell.digest) {
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
  return {
    ...cell,
    agreement: {
      engines: [twin.engine, cell.engine],
      tau,
      opposed,
      oneSided,
      words,
      layouts: cell.layouts.filter(({ name }) => name !== cell.baseline)
        .map(({ name, ratio, verdict }) => {
          const other = twin.layouts.find((layout) => layout.name === name);
          return {
            name,
            ratios: [other?.ratio ?? null, ratio],
            verdicts: [other?.verdict ?? null, verdict],
          };
        }),
    },
  };
}
