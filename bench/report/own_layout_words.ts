/**
 * The layouts of the user's own in a result: what they are, for a reader who
 * has not their text.
 */
import { abis } from "../../layouts/abi.ts";
import { cDefinitions, cStruct } from "../../layouts/c_source.ts";
import { ownLayoutWords } from "../../layouts/c_text/layout_words.ts";
import { isUnsupported } from "../../layouts/layout.ts";
import {
  type LayoutData,
  layoutData,
  layoutOfData,
} from "../../layouts/layout_data.ts";
import type { LabResult } from "../result/result.ts";

/** Longest C text in a sentence; a reader of the mail has not the file. */
const LONGEST_TEXT = 400;

/**
 * Says what the layouts are that a result describes itself.
 *
 * @returns A sentence for each; an untrusted file may hold what is none.
 */
export function ownLayoutLines(config: LabResult["config"]): string[] {
  return ownLayouts(config).map((data) => ownLayoutWords(data) + inC(data));
}

/**
 * Says in a line what each of them is.
 *
 * @returns Title and C text, by name.
 */
export function ownLayoutTitles(
  config: LabResult["config"],
): ReadonlyMap<string, string> {
  return new Map(
    ownLayouts(config).map((data) => [data.name, data.title + inC(data)]),
  );
}

function ownLayouts({ layouts }: LabResult["config"]): LayoutData[] {
  if (!Array.isArray(layouts)) return [];
  return layouts.flatMap((one) => {
    if (typeof one !== "object" || one === null) return [];
    try {
      return [layoutData(layoutOfData(one))];
    } catch {
      return [];
    }
  });
}

function inC(data: LayoutData): string {
  const text = cText(data);
  return text === "" || text.length > LONGEST_TEXT ? "" : `; in C: ${text}`;
}

/** The struct in one line, on the first ABI that has it. */
function cText({ structs }: LayoutData): string {
  for (const abi of abis) {
    const struct = structs[abi.name];
    if (struct === undefined || isUnsupported(struct)) continue;
    return (cDefinitions(struct, abi) + cStruct(struct))
      .replace(/\s+/g, " ").trim();
  }
  return "";
}
