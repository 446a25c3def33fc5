/**
 * The guest's memory after the run, a file, read through the kernel's own
 * page tables (x86-64, four levels: Intel SDM volume 3, 4.5).
 */
import { IMAGE_BASE, kernelAddress } from "./symbols.ts";

const PAGE_BYTES = 4096;

/** Reads kernel addresses of a stopped guest. */
export class GuestMemory {
  readonly #file: Deno.FsFile;
  readonly #sizeBytes: number;
  readonly #pages = new Map<number, DataView<ArrayBuffer>>();
  readonly #frames = new Map<number, number>();
  #rootTable = 0;

  /**
   * Opens a guest's memory.
   *
   * @param path The file that QEMU had as its memory.
   */
  constructor(path: string) {
    this.#file = Deno.openSync(path);
    this.#sizeBytes = this.#file.statSync().size;
  }

  close(): void {
    this.#file.close();
  }

  /**
   * Names the kernel's page table.
   *
   * @param table Address of `init_top_pgt`, in the kernel's image.
   */
  useTable(table: number): void {
    this.#rootTable = table - IMAGE_BASE;
    this.#frames.clear();
  }

  /**
   * Translates an address.
   *
   * @param address Bytes above `KERNEL_BASE`.
   * @returns The guest-physical address; `undefined` if it is not mapped.
   */
  physical(address: number): number | undefined {
    const page = Math.floor(address / PAGE_BYTES);
    const frame = this.#frames.getOrInsertComputed(
      page,
      () => this.#walk(address),
    );
    return frame < 0 ? undefined : frame + address % PAGE_BYTES;
  }

  /** Physical address of a page; below 0 if it is not mapped. */
  #walk(address: number): number {
    let table = this.#rootTable;
    // The address is above 2^47, so entry 256 on of the first table.
    const full = address + 2 ** 47;
    for (let level = 3; level >= 0; level--) {
      const span = PAGE_BYTES * 512 ** level;
      const index = Math.floor(full / span) % 512;
      const view = this.#page(table);
      if (view === undefined) return -1;
      const low = view.getUint32(index * 8, true);
      const high = view.getUint32(index * 8 + 4, true) & 0xf_ffff;
      if ((low & 1) === 0) return -1;
      const base = high * 2 ** 32 + (low & ~0xfff) % 2 ** 32;
      const frame = base < 0 ? base + 2 ** 32 : base;
      if (level > 0 && (low & 0x80) !== 0) {
        const inside = Math.floor(full / PAGE_BYTES) * PAGE_BYTES % span;
        return frame - frame % span + inside;
      }
      table = frame;
    }
    return table;
  }

  #page(physical: number): DataView<ArrayBuffer> | undefined {
    if (physical < 0 || physical + PAGE_BYTES > this.#sizeBytes) {
      return undefined;
    }
    return this.#pages.getOrInsertComputed(physical, () => {
      const bytes = new Uint8Array(PAGE_BYTES);
      this.#file.seekSync(physical, Deno.SeekMode.Start);
      this.#file.readSync(bytes);
      return new DataView(bytes.buffer);
    });
  }

  /**
   * Reads a word.
   *
   * @param address Bytes above `KERNEL_BASE`.
   * @param sizeBytes 1, 2, 4 or 8; 8 gives what fits into a number.
   * @returns The value, unsigned; `undefined` where nothing is mapped.
   */
  word(address: number, sizeBytes: 1 | 2 | 4 | 8 = 8): number | undefined {
    const at = this.physical(address);
    if (at === undefined) return undefined;
    const inside = at % PAGE_BYTES;
    if (inside + sizeBytes > PAGE_BYTES) return undefined;
    const view = this.#page(at - inside);
    if (view === undefined) return undefined;
    if (sizeBytes === 1) return view.getUint8(inside);
    if (sizeBytes === 2) return view.getUint16(inside, true);
    const low = view.getUint32(inside, true);
    if (sizeBytes === 4) return low;
    return view.getUint32(inside + 4, true) * 2 ** 32 + low;
  }

  /**
   * Reads a pointer.
   *
   * @param address Bytes above `KERNEL_BASE`.
   * @returns What it points to, as bytes above `KERNEL_BASE`; `undefined` if
   * that is not a kernel address.
   */
  pointer(address: number): number | undefined {
    const low = this.word(address, 4);
    const high = this.word(address + 4, 4);
    if (low === undefined || high === undefined) return undefined;
    const to = kernelAddress(low, high);
    return to < 0 ? undefined : to;
  }

  /**
   * Reads a C string.
   *
   * @param address Bytes above `KERNEL_BASE`.
   * @returns At most 64 characters.
   */
  text(address: number): string {
    let text = "";
    for (let index = 0; index < 64; index++) {
      const byte = this.word(address + index, 1) ?? 0;
      if (byte === 0) break;
      text += String.fromCharCode(byte);
    }
    return text;
  }
}
