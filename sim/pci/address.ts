/**
 * Where a PCI function sits: domain, bus, device and function, as text, as a
 * number, and as the key of the kernel's map type cache.
 */
import { checkString } from "../../layouts/value_text.ts";

/** The address of a PCI function. */
export interface PciAddress {
  /**
   * PCI domain, 0 to 0x7fffffff. Segment groups of ACPI have 16 bits; Linux
   * gives VMD and other controllers that make domains numbers from 0x10000 on
   * (drivers/pci/controller/vmd.c, vmd_find_free_domain()).
   */
  readonly domain: number;
  /** Bus number, 0 to 255. */
  readonly bus: number;
  /** Device (0 to 31) in bits 7-3, function (0 to 7) in bits 2-0. */
  readonly devfn: number;
}

/** `%04x:%02x:%02x.%d`, so that a domain may have more digits than four. */
const PATTERN =
  /^(?:([0-9a-f]{4,7}|[0-7][0-9a-f]{7}):)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/i;

/**
 * Reads a PCI address as `lspci` writes it.
 *
 * @param text `0000:3b:02.1`, `10000:e1:00.0`, or `3b:02.1` in domain 0.
 * @throws {SyntaxError} If the text is not such an address.
 *
 * @example The second function of device 2
 * ```ts
 * import { parsePciAddress } from "./address.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parsePciAddress("0001:3b:02.1"), {
 *   domain: 1,
 *   bus: 0x3b,
 *   devfn: 0x11,
 * });
 * ```
 */
export function parsePciAddress(text: string): PciAddress {
  checkString("read a PCI address", "text", text);
  const match = PATTERN.exec(text);
  const [, domain = "0", bus = "", device = "", pciFunction = ""] = match ?? [];
  if (match === null || parseInt(device, 16) > 31) {
    throw new SyntaxError(
      `Cannot read PCI address: "${text}", expected one like "0000:3b:00.0"`,
    );
  }
  return {
    domain: parseInt(domain, 16),
    bus: parseInt(bus, 16),
    devfn: parseInt(device, 16) << 3 | parseInt(pciFunction, 16),
  };
}

/**
 * Writes a PCI address as the kernel's log does.
 *
 * @returns Text such as `0000:3b:02.1`.
 */
export function formatPciAddress(address: PciAddress): string {
  const { domain, bus, devfn } = address;
  return `${hex(domain, 4)}:${hex(bus, 2)}:${hex(devfn >> 3, 2)}.${devfn & 7}`;
}

/**
 * Returns the key of a client in a provider's xarray of map types.
 *
 * `map_types_idx()` in drivers/pci/p2pdma.c: domain << 16 | PCI_DEVID, in an
 * int: of a domain from 0x10000 on, the kernel drops all but the low 16 bits,
 * so that a client behind VMD has the key of one in domain 0.
 *
 * @returns The key, 0 to 2^32 - 1.
 *
 * @example Domain 1, 3b:02.1
 * ```ts
 * import { mapTypeKey, parsePciAddress } from "./address.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(mapTypeKey(parsePciAddress("0001:3b:02.1")), 0x13b11);
 * ```
 */
export function mapTypeKey(address: PciAddress): number {
  return (address.domain << 16 | address.bus << 8 | address.devfn) >>> 0;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, "0");
}
