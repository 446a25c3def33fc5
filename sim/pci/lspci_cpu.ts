/**
 * What a host bridge reveals about the CPU, as far as P2PDMA asks for it: lspci
 * itself does not know the CPU.
 */
import type { CpuDescription } from "./topology_description.ts";

const INTEL = 0x8086;
const AMD = 0x1022;
const HYGON = 0x1d94;

/**
 * Root complexes of AMD from Zen on, by pci.ids, whose names do not give a
 * family.
 */
const ZEN_ROOTS: ReadonlySet<number> = new Set([
  0x1450, // family 17h, models 00h-0fh
  0x1480, // Starship, Matisse
  0x14a4, // Genoa, Bergamo
  0x14b5, // family 17h-19h
  0x14d8, // Raphael, Granite Ridge
  0x14e8, // Phoenix
  0x1507, // Strix
  0x153a, // Turin
  0x15d0, // Raven, Picasso
  0x1630, // Renoir, Cezanne
  0x1641, // Van Gogh
]);

/**
 * Guesses the CPU.
 *
 * @param id Vendor and device of the first host bridge, such as `8086:2020`.
 * @returns The CPU; undefined if the host bridge does not reveal it.
 */
export function cpuOfHostBridge(
  id: string,
  words: string,
): CpuDescription | undefined {
  const [vendor = 0, device = 0] = id.split(":").map((half) =>
    parseInt(half, 16)
  );
  if (vendor === INTEL) return { vendor: "intel", family: 6 };
  if (vendor === HYGON) return { vendor: "hygon", family: 0x18 };
  if (vendor !== AMD) return undefined;
  const family = /\bFamily ([0-9a-f]{2})h/i.exec(words)?.[1];
  if (family !== undefined) {
    return { vendor: "amd", family: parseInt(family, 16) };
  }
  return ZEN_ROOTS.has(device) ? { vendor: "amd", family: 0x17 } : undefined;
}
