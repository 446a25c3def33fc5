/** A comparison of two kernels in words, for a terminal and for a mail. */
import { plural } from "../../sim/text/plural.ts";
import { wrap, type WrapOptions } from "../text/wrap.ts";
import { areaOf, CORE_AREAS, NOISY_AREAS } from "./areas.ts";
import type { KernelComparison, WorkloadComparison } from "./compare.ts";
import { isSure, type KernelDifference } from "./difference.ts";

const MOST_NAMED = 4;
const UNBREAKABLE = "\u00a0";

/** Says what the patch did to the instructions of the core and to bio_vecs. */
export function summary({ workloads }: KernelComparison): string {
  const [only] = workloads;
  if (only !== undefined && workloads.length === 1) return summaryOf(only);
  const sure = workloads.filter(({ figures }) => isSure(figures.core));
  const change = ({ figures: { core } }: WorkloadComparison) =>
    core.patched - core.base;
  const parts = ([["more", 1], ["fewer", -1]] as const).flatMap(
    ([word, sign]) => {
      const found = sure.filter((one) => change(one) * sign > 0)
        .toSorted((a, b) => share(b) - share(a));
      const [most] = found;
      return most === undefined ? [] : [
        `${word} in ${found.length} (most: ${
          percentChange(most.figures.core)
        } in ${most.name})`,
      ];
    },
  );
  const rest = workloads.length - sure.length;
  if (rest > 0) parts.push(`no difference beyond the noise in ${rest}`);
  return `Of ${plural(workloads.length, "workload")}, instructions in block, ` +
    `nvme and iov_iter (core): ${parts.join(", ")}. ${bvecSentence(workloads)}`;
}

function summaryOf(
  { name, figures: { core, bvecLines } }: WorkloadComparison,
): string {
  const found = isSure(core)
    ? `${core.base} -> ${core.patched} (${percentChange(core)})`
    : "no difference beyond the noise";
  return `Instructions in block, nvme and iov_iter (core) of ${name}: ` +
    `${found}. Lines of bio_vecs: ${
      isSure(bvecLines)
        ? `${bvecLines.base} -> ${bvecLines.patched}`
        : "no difference"
    }.`;
}

/** How much of the base's instructions of the core a patch changes. */
export function share({ figures: { core } }: WorkloadComparison): number {
  return Math.abs(core.patched - core.base) / Math.max(core.base, 1);
}

function bvecSentence(workloads: readonly WorkloadComparison[]): string {
  const lines = workloads.map(({ figures }) => figures.bvecLines);
  const count = (sign: number) =>
    lines.filter((one) => isSure(one) && (one.patched - one.base) * sign > 0)
      .length;
  const [fewer, more] = [count(-1), count(1)];
  const parts = [
    ...(fewer > 0 ? [`fewer in ${fewer}`] : []),
    ...(more > 0 ? [`more in ${more}`] : []),
    ...(lines.length > fewer + more
      ? [`no difference in ${lines.length - fewer - more}`]
      : []),
  ];
  return `Lines of bio_vecs: ${parts.join(", ")}.`;
}

/**
 * Returns a change in per cent.
 *
 * @returns Such as "+17.5%"; "-" where there is nothing to compare with.
 */
export function percentChange({ base, patched }: KernelDifference): string {
  if (patched === base) return "same";
  return base === 0 ? "-" : `${signed((patched - base) / base * 100, 1)}%`;
}

/**
 * Returns a change; one that repeats show as well has a tilde.
 *
 * @returns Such as "+2098" or "-3~".
 */
export function change(one: KernelDifference): string {
  if (one.verdict === "same") return "same";
  const mark = one.verdict === "within noise" ? "~" : "";
  return `${signed(one.patched - one.base)}${mark}`;
}

/**
 * Breaks prose into lines, but no name from its figures.
 *
 * @param options Width, and blanks before later lines.
 */
export function wrapped(text: string, options: WrapOptions): string[] {
  return wrap(text, options).map((line) => line.replaceAll(UNBREAKABLE, " "));
}

/**
 * Names the first few of a list, with both figures.
 *
 * @returns Such as "bio_vec 8 -> 6, and 3 more", for `wrapped()`.
 */
export function named(
  list: readonly KernelDifference[],
  most = MOST_NAMED,
): string {
  const shown = list.slice(0, most).map(({ name, base, patched }) =>
    `${name} ${base} -> ${patched}`.replaceAll(" ", UNBREAKABLE)
  );
  const more = list.length - shown.length;
  return shown.join(", ") + (more > 0 ? `, and ${more} more` : "");
}

/**
 * Returns what is sure to differ in a workload, most telling first. Parts of
 * the kernel that a bio_vec does not reach differ from boot to boot, so they
 * need a control, and the scheduler's and the clock's are never shown.
 *
 * @returns Labels and differences; only those that have any.
 */
export function details(
  one: WorkloadComparison,
  { controlled }: KernelComparison,
): (readonly [string, readonly KernelDifference[]])[] {
  const shown = (area: string) =>
    CORE_AREAS.includes(area) || controlled && !NOISY_AREAS.includes(area);
  return ([
    ["instructions", one.areas.filter(({ name }) => shown(name))],
    ["lines", one.lines.filter(ofPath)],
    ["accesses", one.accesses.filter(ofPath)],
    [
      "functions",
      one.functions.filter(({ name }) => shown(areaOf(name, ""))),
    ],
    [
      "inlined",
      one.inlined.filter(({ name }) => shown(areaOf(name, ""))),
    ],
  ] as const).map(([what, list]) => [what, list.filter(isSure)] as const)
    .filter(([, list]) => list.length > 0);
}

/**
 * What an I/O has for itself. Shared objects, such as the queue, are where a
 * boot happens to put them, and so take a line more or less.
 */
function ofPath({ name }: KernelDifference): boolean {
  return /^(bio|bio_vec.*|blkdev_dio|struct page \(data\)|request|nvme_iod|scatterlist|PRP.*|nvme SQ)$/
    .test(name);
}

/** Returns the workloads with details, largest change of the core first. */
export function byChange(comparison: KernelComparison): WorkloadComparison[] {
  return comparison.workloads
    .filter((one) => details(one, comparison).length > 0)
    .toSorted((a, b) => share(b) - share(a));
}

function signed(value: number, digits = 0): string {
  return `${value > 0 ? "+" : ""}${value.toFixed(digits)}`;
}
