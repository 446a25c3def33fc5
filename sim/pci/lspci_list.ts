/**
 * The functions that lspci lists: one with `-nn` or `-n`, more of each with
 * `-v`, `-vv` and `-vvv`.
 */
import type { AcsRedirect } from "./topology_description.ts";
import { formatPciAddress, parsePciAddress } from "./address.ts";
import { type LspciLine, quotePart } from "./lspci_error.ts";
import { isRegion, type LspciBar, readRegion } from "./lspci_region.ts";

export interface LspciFunction {
  /** Line of its address, from 1. */
  readonly line: number;
  /** Its address, with the domain. */
  readonly bdf: string;
  /** The words behind the address. */
  words: string;
  /** Its class, 16 bits; undefined without `-n` or `-nn`. */
  classCode?: number | undefined;
  /** Vendor and device, such as `8086:2030`; undefined if absent, too. */
  id?: string | undefined;
  /** The buses that a bridge is between. */
  buses?:
    | { readonly secondary: number; readonly subordinate: number }
    | undefined;
  /** ACS bits that are set. */
  acs: readonly AcsRedirect[];
  /** Whether its capabilities were listed at all. */
  capabilities: "told" | "denied" | "not asked";
  /** Whether its capabilities have begun, which hold BARs of others. */
  inCapabilities: boolean;
  /** Its memory BARs. */
  bars: LspciBar[];
  /** The number of the next BAR if its line has none. */
  nextBar: number;
}

/** What is wrong with a line. */
export interface LineComplaint {
  /** Column, from 1. */
  readonly column: number;
  /** What was found, and after a comma what was expected. */
  readonly found: string;
}

const HEADER =
  /^((?:[0-9a-f]{4,8}:)?[0-9a-f]{2}:[01][0-9a-f]\.[0-7])(?: (.*))?$/;
/** `Host bridge [0600]: ... [8086:29c0] (rev 02)`, the last of such brackets. */
const NAMED = /^.*? \[([0-9a-f]{4})\]: .*\[([0-9a-f]{4}:[0-9a-f]{4})\](?! ?\[)/;
/** `0600: 8086:29c0 (rev 02)` */
const NUMBERED = /^([0-9a-f]{4}): ([0-9a-f]{4}:[0-9a-f]{4})\b/;
const BUSES =
  /^Bus: primary=[0-9a-f]{2}, secondary=([0-9a-f]{2}), subordinate=([0-9a-f]{2})\b/;
const ACS_CONTROL = /^ACSCtl:\s*(.*)$/;

/** A function has six BARs. */
const LAST_BAR = 5;

/** Bits of ACSCtl, as ls-ecaps.c prints them, that send traffic upstream. */
const ACS_BITS: readonly (readonly [word: string, bit: AcsRedirect])[] = [
  ["ReqRedir", "request_redirect"],
  ["CmpltRedir", "completion_redirect"],
  ["EgressCtrl", "egress_control"],
];

/**
 * Reads the line that begins a function.
 *
 * @returns The function; undefined if it begins none.
 */
export function readHeader(line: LspciLine): LspciFunction | undefined {
  const match = HEADER.exec(line.text);
  if (match === null) return undefined;
  const [, address = "", words = ""] = match;
  const [, classCode, id] = NAMED.exec(words) ?? NUMBERED.exec(words) ?? [];
  return namedFunction({
    line: line.number,
    bdf: formatPciAddress(parsePciAddress(address)),
    words,
    ...(classCode !== undefined && { classCode: parseInt(classCode, 16) }),
    id,
  });
}

/** A function of which only the name is known. */
export function namedFunction(
  named: Pick<LspciFunction, "line" | "bdf" | "words" | "classCode" | "id">,
): LspciFunction {
  return {
    ...named,
    acs: [],
    capabilities: "not asked",
    inCapabilities: false,
    bars: [],
    nextBar: 0,
  };
}

/**
 * Reads an indented line of a function.
 *
 * @param of The function, which gets what the line says.
 * @returns What is wrong with it, or undefined.
 */
export function readDetail(
  line: LspciLine,
  of: LspciFunction,
): LineComplaint | undefined {
  const text = line.text.trim();
  const complain = (found: string): LineComplaint => ({
    column: line.text.indexOf(text) + 1,
    found,
  });
  if (text.startsWith("Capabilities: ")) of.inCapabilities = true;
  if (text.startsWith("Bus: ")) {
    const match = BUSES.exec(text);
    if (match === null) {
      return complain(
        `found ${quotePart(text)}, expected "Bus: primary=00, ` +
          'secondary=01, subordinate=01"',
      );
    }
    of.buses = {
      secondary: parseInt(match[1] ?? "", 16),
      subordinate: parseInt(match[2] ?? "", 16),
    };
  } else if (isRegion(text)) {
    // Behind SR-IOV's are those of virtual functions.
    return of.inCapabilities ? undefined : addRegion(text, of, complain);
  } else if (text.startsWith("Capabilities: <")) {
    of.capabilities = "denied";
  } else if (text.startsWith("Capabilities: ")) {
    of.capabilities = "told";
  } else {
    const control = ACS_CONTROL.exec(text)?.[1];
    if (control === undefined) return undefined;
    const words = control.split(/\s+/);
    const missing = ACS_BITS.find(([word]) =>
      !words.includes(`${word}+`) && !words.includes(`${word}-`)
    );
    if (missing !== undefined) {
      return complain(
        `found no ${missing[0]} in ${quotePart(control)}, expected ` +
          `${missing[0]}+ or ${missing[0]}-`,
      );
    }
    of.acs = ACS_BITS.filter(([word]) => words.includes(`${word}+`))
      .map(([, bit]) => bit);
  }
  return undefined;
}

/**
 * Adds a BAR to a function.
 *
 * @param complain Makes the complaint about the line.
 * @returns What is wrong with it, or undefined.
 */
export function addRegion(
  text: string,
  of: LspciFunction,
  complain: (found: string) => LineComplaint,
): LineComplaint | undefined {
  const region = readRegion(text, of.nextBar);
  if (region === undefined) {
    return complain(
      `found ${quotePart(text)}, expected "Memory at fe000000 (64-bit, ` +
        'prefetchable) [size=16K]"',
    );
  }
  const { index, bar } = region;
  if (index > LAST_BAR) {
    return complain(`found BAR ${index}, expected 0 to ${LAST_BAR}`);
  }
  of.nextBar = index + (bar?.is64Bit ? 2 : 1);
  if (bar !== undefined) {
    of.bars = [...of.bars.filter((other) => other.index !== index), bar];
  }
  return undefined;
}
