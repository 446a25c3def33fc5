/**
 * The layouts of a result: those of the registry, and those that it describes
 * itself.
 */
import type { Abi } from "../../layouts/abi.ts";
import { abis } from "../../layouts/abi.ts";
import type { Layout } from "../../layouts/layout.ts";
import { type LayoutData, layoutOfData } from "../../layouts/layout_data.ts";
import { layouts } from "../../layouts/registry.ts";
import type { LabResult } from "../result/result.ts";

/**
 * Finds a layout of a result.
 *
 * @param result The result, which may be untrusted.
 * @returns It; nothing if this lab does not know it.
 */
export function resultLayout(
  result: LabResult,
  name: string,
): Layout | undefined {
  const known = layouts.find((layout) => layout.name === name);
  if (known !== undefined) return known;
  const described = result.config.layouts;
  if (!Array.isArray(described)) return undefined;
  const data = described.find((one) =>
    typeof one === "object" && one !== null && one.name === name
  );
  if (data === undefined) return undefined;
  try {
    return layoutOfData(data as LayoutData);
  } catch {
    // A description of another version, or of nobody.
    return undefined;
  }
}

/**
 * Finds an ABI.
 *
 * @returns It; nothing if this lab does not know it.
 */
export function abiOf(name: string): Abi | undefined {
  return abis.find((abi) => abi.name === name);
}
