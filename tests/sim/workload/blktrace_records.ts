/** Writes `struct blk_io_trace` records for the tests, in both byte orders. */

/** Fields of a record; what is absent is 0. */
export interface TestRecord {
  readonly magic?: number;
  readonly timeNs?: number;
  readonly sector?: number;
  readonly bytes?: number;
  /** Low half: what; high half: categories. */
  readonly action: number;
  /** Categories above the low 32 bits of an action, in protocol 8. */
  readonly zone?: number;
  readonly device?: number;
  readonly cpu?: number;
  readonly payload?: number;
}

/** Actions with their category bits, as the kernel writes them. */
export const ACTION = {
  queueRead: (1 << 4 | 1) << 16 | 1,
  queueWrite: (1 << 4 | 2) << 16 | 1,
  queueFlush: (1 << 4 | 4) << 16 | 1,
  queueDiscard: (1 << 4 | 2 | 1 << 13) << 16 | 1,
  issueRead: (1 << 6 | 1) << 16 | 7,
  issuePassthrough: (1 << 6 | 1 << 9 | 1) << 16 | 7,
  completeRead: (1 << 7 | 1) << 16 | 8,
  notify: (1 << 10) << 16,
} as const;

/** Encodes records of one file, in protocol 7 or 8. */
export function blktraceFile(
  records: readonly TestRecord[],
  isLittleEndian = true,
  version: 7 | 8 = 7,
): Uint8Array {
  const length = version === 7 ? 48 : 64;
  const size = records.reduce((sum, r) => sum + length + (r.payload ?? 0), 0);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  let at = 0;
  records.forEach((record, index) => {
    const u32 = (offset: number, value: number) =>
      view.setUint32(at + offset, value, isLittleEndian);
    const u64 = (offset: number, value: number) =>
      view.setBigUint64(at + offset, BigInt(value), isLittleEndian);
    u32(0, record.magic ?? 0x65617400 + version);
    u32(4, index + 1);
    u64(8, record.timeNs ?? 0);
    u64(16, record.sector ?? 0);
    u32(24, record.bytes ?? 0);
    if (version === 7) {
      u32(28, record.action);
      u32(32, 4711);
    } else {
      // The pid stands before the action, which has 64 bits.
      u32(28, 4711);
      const wide = BigInt(record.zone ?? 0) << 32n |
        BigInt(record.action >>> 0);
      view.setBigUint64(at + 32, wide, isLittleEndian);
    }
    const device = length - 12 - (version === 7 ? 0 : 12);
    u32(device, record.device ?? (8 << 20));
    u32(device + 4, record.cpu ?? 0);
    view.setUint16(at + device + 10, record.payload ?? 0, isLittleEndian);
    at += length + (record.payload ?? 0);
  });
  return bytes;
}
