/**
 * The layouts of a run: names of the registry, and layouts of the caller's own
 * as plain data, which is what workers and result files take.
 */
import { abis } from "../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../layouts/layout.ts";
import {
  type LayoutData,
  layoutData,
  layoutOfData,
} from "../../layouts/layout_data.ts";
import { describeValue } from "../../layouts/value_text.ts";
import {
  FAMILY_PREFIX,
  layoutNames,
  layouts,
  selectLayouts,
} from "../../layouts/registry.ts";
import { unknownName } from "../../sim/text/unknown_name.ts";
import { usableStruct } from "../../layouts/usable_struct.ts";
import { EMPTY_PATHS } from "./empty_path_names.ts";
import { sortedJson } from "../text/sorted_json.ts";
import { BASELINE } from "./baseline.ts";

/**
 * What names a layout of a run: a name of the registry or of a family, a layout
 * of `defineLayout()` or `layoutFromC()`, or its data, as a result has them.
 */
export type LayoutChoice = string | Layout | LayoutData;

/** A layout of a run as plain data: its name in the registry, or all of it. */
export type RunLayout = string | LayoutData;

/** One of each way to encode a segment, so that the answer fits a screen. */
export const DEFAULT_LAYOUTS: readonly string[] = [
  BASELINE,
  "phys_flags",
  "phys_len",
  "phyr",
  "phys_packed",
  "len31_p2p",
  "len56_p2p",
  "scatterlist",
  "rlist_16",
  "soa_phys_len",
];

/** The layouts of the study: the same, and those of several sizes. */
export const STUDIED_LAYOUTS: readonly string[] = [
  ...DEFAULT_LAYOUTS.slice(0, -3),
  "pfn_t",
  "scatterlist",
  "rlist_8",
  "rlist_16",
  "rlist_24",
  "soa_page_offset",
  "soa_phys_len",
];

/**
 * Makes plain data of the layouts that a run was given.
 *
 * @param given Names, layouts and data; the default ones if absent.
 * @returns The baseline, and each of them once: names of the registry, then the
 *   data of all others.
 * @throws {RangeError} If a name is not known, or a layout has that of another.
 * @throws {TypeError} If a layout cannot be sent to a worker.
 */
export function chooseLayouts(
  given?: readonly LayoutChoice[],
): RunLayout[] {
  // By their names alone: some are the name of a family as well.
  if (given === undefined) return [...DEFAULT_LAYOUTS];
  const names = new Set([BASELINE]);
  const own = new Map<string, LayoutData>();
  for (const [index, choice] of given.entries()) {
    if (typeof choice === "string") {
      for (const name of registeredNames(choice)) names.add(name);
      continue;
    }
    const data = dataOf(choice, index);
    const { name } = data;
    const registered = layouts.find((layout) => layout.name === name);
    if (registered !== undefined && isSame(data, layoutData(registered))) {
      names.add(name);
      continue;
    }
    requireOwnName(name);
    const made = placeable(data);
    const other = own.get(name);
    if (other !== undefined && !isSame(made, other)) {
      throw new RangeError(
        `Cannot run with layouts[${index}]: found a second layout "${name}", ` +
          `expected another name`,
      );
    }
    own.set(name, made);
  }
  return [...names, ...own.values()];
}

/**
 * Returns the layouts of a run's plain data.
 *
 * @param chosen What `chooseLayouts()` gave.
 * @returns Those of the registry in its order, then all others.
 */
export function layoutsOf(chosen: readonly RunLayout[]): readonly Layout[] {
  return [
    ...layouts.filter(({ name }) => chosen.includes(name)),
    ...chosen.flatMap((one) =>
      typeof one === "string" ? [] : [layoutOfData(one)]
    ),
  ];
}

export function choiceName(choice: LayoutChoice): string {
  return typeof choice === "string" ? choice : choice.name;
}

function registeredNames(name: string): string[] {
  const found = selectLayouts(name);
  if (found.length > 0) return found.map((layout) => layout.name);
  throw unknownName("layout", name, layoutNames());
}

function dataOf(choice: Layout | LayoutData, index: number): LayoutData {
  if (typeof choice === "object" && choice !== null) {
    if ("structs" in choice) return layoutData(layoutOfData(choice));
    if ("struct" in choice) return layoutData(choice);
  }
  throw new TypeError(
    `Cannot run with layouts[${index}] ${describeValue(choice)}, expected a ` +
      `name, a layout of defineLayout() or layoutFromC(), or its data`,
  );
}

/** Results distinguish layouts only by their names. */
function requireOwnName(name: string): void {
  const isHarness = EMPTY_PATHS.some((path) => path === name);
  if (
    !isHarness && selectLayouts(name).length === 0 &&
    !name.startsWith(FAMILY_PREFIX)
  ) return;
  throw new RangeError(
    `Cannot run layout "${name}": found ${
      isHarness
        ? "the name of a worker without a path"
        : "a name of the lab's own layouts with another description"
    }, expected another name`,
  );
}

/** An ABI on which no codec can be made of it is left out, with the reason. */
function placeable(data: LayoutData): LayoutData {
  const { roles, arrangement } = data;
  return {
    ...data,
    structs: Object.fromEntries(
      abis.map((abi) => {
        const struct = data.structs[abi.name] ??
          { unsupported: `it was not placed for ABI ${abi.name}` };
        return [
          abi.name,
          isUnsupported(struct) ? struct : usableStruct(struct, {
            abi,
            roles,
            arrangement,
          }),
        ];
      }),
    ),
  };
}

function isSame(a: LayoutData, b: LayoutData): boolean {
  return sortedJson(a) === sortedJson(b);
}
