/** The sums below the members of a struct. */
import { LINE_BYTES } from "./alignment.ts";
import type { Hole, Holes } from "./holes.ts";
import { type PrintSetting, tabs } from "./setting.ts";
import { type RecordMember, type RecordType, sizeOfType } from "./type.ts";

export class StructTotals {
  #holeBytes = 0;
  #holeBits = 0;
  #memberBytes = 0;
  #memberBits = 0;
  #paddings = 0;
  #paddingBytes = 0;
  #aligned = 0;
  #alignedHoles = 0;
  #alignedHoleBytes = 0;

  /**
   * Counts a hole.
   *
   * @param hole The hole; of zeros for none.
   */
  addHole({ bytes, bits }: Hole): void {
    this.#holeBytes += bytes;
    this.#holeBits += bits;
  }

  /**
   * Counts a member.
   *
   * @param paddingBytes Padding of the struct that it is; 0 for others.
   */
  addMember(member: RecordMember, before: Hole, paddingBytes: number): void {
    if (member.bitSize > 0) this.#memberBits += member.bitSize;
    else this.#memberBytes += member.sizeBytes;
    if (paddingBytes > 0) {
      this.#paddings++;
      this.#paddingBytes += paddingBytes;
    }
    if (member.alignedBytes === 0) return;
    this.#aligned++;
    if (before.bytes === 0) return;
    this.#alignedHoles++;
    this.#alignedHoleBytes += before.bytes;
  }

  /**
   * Writes the totals.
   *
   * @returns The lines, an empty one in front.
   */
  text(record: RecordType, holes: Holes, setting: PrintSetting): string {
    const { sizeBytes, members } = record;
    const lines = [
      `size: ${sizeBytes}, cachelines: ${
        Math.ceil(sizeOfType(record) / LINE_BYTES)
      }, members: ${members.length}`,
      ...this.#sums(holes),
    ];
    if (holes.paddingBytes > 0) lines.push(`padding: ${holes.paddingBytes}`);
    if (this.#paddings > 0) {
      lines.push(
        `paddings: ${this.#paddings}, sum paddings: ${this.#paddingBytes}`,
      );
    }
    if (holes.paddingBits > 0) {
      lines.push(`bit_padding: ${holes.paddingBits} bits`);
    }
    if (this.#aligned > 0) {
      const forced = this.#alignedHoles === 0
        ? ""
        : `, forced holes: ${this.#alignedHoles}, ` +
          `sum forced holes: ${this.#alignedHoleBytes}`;
      lines.push(`forced alignments: ${this.#aligned}${forced}`);
    }
    const rest = (setting.baseBytes + sizeBytes) % LINE_BYTES;
    if (rest > 0) lines.push(`last cacheline: ${rest} bytes`);
    const indent = tabs(setting.indent);
    return "\n" + lines.map((line) => `${indent}/* ${line} */\n`).join("") +
      this.#disagreement(record, holes, setting);
  }

  #sums(holes: Holes): string[] {
    if (this.#holeBytes === 0 && this.#holeBits === 0) return [];
    const lines: string[] = [];
    if (this.#memberBytes > 0) {
      const some = this.#holeBytes === 0
        ? ""
        : `, holes: ${holes.byteHoles}, sum holes: ${this.#holeBytes}`;
      lines.push(`sum members: ${this.#memberBytes}${some}`);
    }
    if (this.#memberBits > 0) {
      const some = this.#holeBits === 0
        ? ` (${Math.floor(this.#memberBits / 8)} bytes)`
        : `, bit holes: ${holes.bitHoles}, ` +
          `sum bit holes: ${this.#holeBits} bits`;
      lines.push(`sum bitfield members: ${this.#memberBits} bits${some}`);
    }
    return lines;
  }

  /** pahole's own check of its sums, which odd debug information fails. */
  #disagreement(
    { sizeBytes, members }: RecordType,
    { paddingBytes, paddingBits }: Holes,
    setting: PrintSetting,
  ): string {
    const bytes = sizeBytes - this.#memberBytes - this.#holeBytes -
      paddingBytes;
    const bits = this.#memberBits + this.#holeBits + paddingBits;
    const differing = bytes * 8 - bits;
    if (differing === 0 || members.length === 0) return "";
    return `\n${tabs(setting.indent)}/* BRAIN FART ALERT! ` +
      `${sizeBytes} bytes != ${this.#memberBytes} (member bytes) + ` +
      `${this.#memberBits} (member bits) + ${this.#holeBytes} (byte holes) + ` +
      `${this.#holeBits} (bit holes), diff = ${differing} bits */\n`;
  }
}
