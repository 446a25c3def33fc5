/**
 * What the path in C does not cover, by the name under which it was asked for.
 */
import type { AssemblyOptions } from "../../sim/setup/assembly.ts";
import { NativeEngineError } from "./error.ts";

/** What decides whether the path in C covers a path. */
export type NativeScope = Pick<
  AssemblyOptions,
  | "abi"
  | "submitter"
  | "kernel"
  | "controller"
  | "vmemmap"
  | "ranges"
  | "settings"
>;

/** What is refused: whether it is there, what was found, what is expected. */
type Refusal = readonly [isFound: boolean, found: string, expected: string];

/**
 * Tells why the path in C does not cover a path that runs in this process.
 *
 * @param options What the path is put together from.
 * @returns What was found and what was expected, or nothing.
 */
export function nativeRefusal(options: NativeScope): string | undefined {
  const { abi } = options;
  return firstOf([
    [abi.name !== "lp64", `--abi ${abi.name}`, "lp64, this machine's own"],
    ...pathRefusals(options),
    [
      !isLittleEndian(),
      "this big-endian machine",
      "a little-endian one, as the lab's NVMe rings are",
    ],
  ]);
}

/**
 * Tells why the path in C does not cover a path, on whatever machine.
 *
 * @param options What the path is put together from.
 * @returns What was found and what was expected, or nothing.
 */
export function pathRefusal(
  options: Omit<NativeScope, "abi">,
): string | undefined {
  return firstOf(pathRefusals(options));
}

function firstOf(refusals: readonly Refusal[]): string | undefined {
  for (const [isRefused, found, expected] of refusals) {
    if (isRefused) return `${found}, expected ${expected}`;
  }
  return undefined;
}

function pathRefusals(
  options: Omit<NativeScope, "abi">,
): readonly Refusal[] {
  const { kernel, controller = {} } = options;
  return [
    [
      options.submitter === "pagecache",
      "--submitter pagecache",
      "user or registered",
    ],
    [kernel !== "7.2", `--kernel ${kernel}`, "7.2"],
    [
      controller.iommu === true,
      "--iommu: no IOMMU is in C",
      "a direct mapping",
    ],
    [
      (controller.maskBits ?? 64) !== 64,
      `a DMA mask of ${controller.maskBits} bits`,
      "64 bits, so that nothing is bounced",
    ],
    [
      controller.forceBounce === true || (controller.bouncePoolBytes ?? 0) > 0,
      "a bounce pool",
      "none (swiotlb is not in C)",
    ],
    [
      controller.topology !== undefined,
      "--topology: its map types are looked up in an xarray",
      "all BARs behind one switch",
    ],
    [
      controller.integrity === true,
      "--integrity: no protection information is in C",
      "plain blocks",
    ],
    [controller.faults !== undefined, "planned faults", "none"],
    [options.vmemmap === false, "a page array in sections", "vmemmap"],
    [options.ranges === "maple", "ranges in a maple tree", "a sorted array"],
    [
      (options.settings?.scheduler ?? "none") !== "none",
      `--scheduler ${options.settings?.scheduler}: no scheduler is in C`,
      "none",
    ],
    [
      options.settings !== undefined,
      "--setting: other queue attributes than NVMe's",
      "none",
    ],
  ];
}

/**
 * Refuses what the path in C does not cover.
 *
 * @param options What the path is put together from.
 * @throws {NativeEngineError} If it does not; says what and why.
 */
export function refuseNative(options: NativeScope): void {
  const reason = nativeRefusal(options);
  if (reason === undefined) return;
  throw new NativeEngineError(
    `Cannot run engine native with ${reason}`,
  );
}

function isLittleEndian(): boolean {
  return new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
}
