/**
 * The layouts that patched kernels were built with, and how each of them finds
 * P2P memory.
 */
import { findAbi } from "../../layouts/abi.ts";
import { isUnsupported, type Layout } from "../../layouts/layout.ts";
import { defineLayout } from "../../layouts/define_layout.ts";
import { pageOffset } from "../../layouts/page_offset.ts";
import { physFlags } from "../../layouts/phys_flags.ts";
import { physPacked } from "../../layouts/phys_packed.ts";
import { findLayout } from "../../layouts/registry.ts";
import {
  type Recognition,
  recognitions,
  servesRecognition,
} from "../../sim/recognition/recognition_registry.ts";

/** A layout with its P2P detection, as a kernel has them. */
export interface KernelLayout {
  readonly layout: Layout;
  /** How P2P memory is recognised. */
  readonly recognition: Recognition;
}

/**
 * Mainline's members in 12 bytes, by bit-fields: a length of 20 bits, so that
 * a segment has less than 1 MiB. Aligned to 4 bytes, as the recorded loads say:
 * without, gcc reads a bit-field of a packed struct byte by byte.
 */
const pageLen20: Layout = defineLayout({
  name: "page_len20",
  title: "{page, u32 len:20, offset:12} packed, aligned(4)",
  source: {
    author: "built for the oracle of patched kernels",
    date: "2026-11",
    subject: "mainline's members in 12 bytes",
  },
  struct: {
    name: "bio_vec",
    fields: [
      { name: "bv_page", type: { pointerTo: "struct page" } },
      { name: "bv_len", type: "u32", bits: 20 },
      { name: "bv_offset", type: "u32", bits: 12 },
    ],
    packed: true,
    alignedBytes: 4,
  },
  roles: {
    address: { kind: "page", field: "bv_page", offset: "bv_offset" },
    length: { field: "bv_len" },
  },
});

/** The kernels by name, the unpatched one first. */
export const KERNEL_LAYOUTS: Readonly<Record<string, KernelLayout>> = {
  base: { layout: pageOffset, recognition: "page" },
  S0: { layout: pageOffset, recognition: "page" },
  A: { layout: pageLen20, recognition: "page" },
  B: { layout: physFlags, recognition: "page" },
  Bf: { layout: physFlags, recognition: "segment" },
  P: { layout: physPacked, recognition: "page" },
};

/**
 * Reads layouts of kernels that are not among these.
 *
 * @param text `NAME=LAYOUT:DETECTION`, comma-separated; default for the
 * detection: `page`.
 * @throws {RangeError} If it is not that, or a layout cannot serve it.
 * @example A kernel `C` with `{phys, len}`
 * ```ts
 * import { withKernelLayouts } from "./kernel_layouts.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { C } = withKernelLayouts("C=phys_len");
 * assertEquals([C?.layout.name, C?.recognition], ["phys_len", "page"]);
 * ```
 */
export function withKernelLayouts(
  text: string,
): Readonly<Record<string, KernelLayout>> {
  const own = text.split(",").map((pair): [string, KernelLayout] => {
    const found = /^([^=]+)=([^:]+)(?::(\w+))?$/.exec(pair.trim());
    const recognition = recognitions.find((name) =>
      name === (found?.[3] ?? "page")
    );
    if (found === null || recognition === undefined) {
      throw new RangeError(
        `Cannot read layouts of kernels: found "${pair}", expected ` +
          `NAME=LAYOUT or NAME=LAYOUT:${recognitions.join("|")}`,
      );
    }
    const [, kernel = "", name = ""] = found;
    const layout = name === pageLen20.name ? pageLen20 : findLayout(name);
    const served = servesRecognition(layout, {
      abi: findAbi("lp64"),
      recognition,
    });
    if (isUnsupported(served)) {
      throw new RangeError(
        `Cannot read layouts of kernels: ${name} does not serve ` +
          `"${recognition}": ${served.unsupported}`,
      );
    }
    return [kernel, { layout, recognition }];
  });
  return { ...KERNEL_LAYOUTS, ...Object.fromEntries(own) };
}
