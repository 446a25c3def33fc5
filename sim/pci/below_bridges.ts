/** What is below which bridge, by the buses of a description. */
import { parsePciAddress } from "./address.ts";
import type { FunctionDescription } from "./topology_description.ts";

/**
 * Puts each function below the bridge that its bus is behind.
 *
 * @param functions Functions without a parent.
 */
export function belowBridges(
  functions: readonly FunctionDescription[],
): FunctionDescription[] {
  return functions.map((own) => ({
    ...own,
    parent: functions.find(({ secondaryBus }) =>
      secondaryBus === parsePciAddress(own.address).bus
    )?.address,
  }));
}
