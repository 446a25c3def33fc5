/**
 * The header of BTF and its table of types, as bytes: checked once, so that
 * whoever looks up a type need not.
 */

/** Bytes of a type's common part: name, info, size or type. */
export const TYPE_BYTES = 12;
/** Bytes after it: once, and for each of the `vlen` parts, by kind. */
const MORE_BYTES: readonly (readonly [number, number])[] = [
  ...[[0, 0], [4, 0], [0, 0], [12, 0], [0, 12], [0, 12], [0, 8]],
  ...[[0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 0], [0, 8]],
  ...[[4, 0], [0, 12], [0, 0], [4, 0], [0, 0], [0, 12]],
] as [number, number][];
/** Kinds whose third word is a type. */
const REFERRING: ReadonlySet<number> = new Set([2, 8, 9, 10, 11, 12, 17, 18]);

/** Where BTF is from, for messages. */
export interface BtfPlace {
  /** What messages call it. */
  readonly name: string;
  /** Its first byte in its file. */
  readonly at: number;
}

/** Byte order, and where the tables are. */
export interface BtfHeader {
  readonly littleEndian: boolean;
  readonly typesAt: number;
  readonly typesBytes: number;
  readonly stringsAt: number;
  readonly stringsBytes: number;
}

/**
 * Reads the header.
 *
 * @param bytes All of the BTF, from the magic number on.
 * @throws {SyntaxError} If it is none or is cut.
 */
export function readBtfHeader(bytes: Uint8Array, place: BtfPlace): BtfHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (bytes.length < 24) {
    throw btfError(place, bytes.length, "its end", "a header of 24 bytes");
  }
  const littleEndian = view.getUint16(0, true) === 0xeb9f;
  if (!littleEndian && view.getUint16(0, false) !== 0xeb9f) {
    throw btfError(place, 0, "no magic number", "0xeb9f");
  }
  const version = view.getUint8(2);
  if (version !== 1) {
    throw btfError(place, 2, `version ${version}`, "version 1");
  }
  const [headerBytes, types, typesBytes, strings, stringsBytes] = [
    0,
    1,
    2,
    3,
    4,
  ]
    .map((index) => view.getUint32(4 + index * 4, littleEndian)) as Five;
  if (headerBytes < 24) {
    throw btfError(place, 4, `a header of ${headerBytes} bytes`, "24 or more");
  }
  const part = (what: string, at: number, length: number, field: number) => {
    if (headerBytes + at + length <= bytes.length) return headerBytes + at;
    throw btfError(
      place,
      field,
      `${what} of ${length} bytes from byte ${headerBytes + at} on, but ` +
        `only ${bytes.length} bytes in all`,
      "all inside (a file that was cut, or another byte order)",
    );
  };
  return {
    littleEndian,
    typesAt: part("types", types, typesBytes, 8),
    typesBytes,
    stringsAt: part("strings", strings, stringsBytes, 16),
    stringsBytes,
  };
}

/**
 * Notes where each type begins.
 *
 * @param of Its byte order, the number of its first type, and where it is from.
 * @throws {SyntaxError} If a type is cut, of no known kind, or refers to itself.
 */
export function typeOffsets(
  types: DataView,
  of: {
    readonly littleEndian: boolean;
    readonly firstId: number;
    readonly place: BtfPlace;
  },
): Uint32Array {
  const { littleEndian, firstId, place } = of;
  const word = (at: number) => types.getUint32(at, littleEndian);
  const end = types.byteLength;
  let offsets = new Uint32Array(Math.min(1 << 20, end / TYPE_BYTES | 0));
  let count = 0;
  for (let at = 0; at < end;) {
    const what = () => `type [${firstId + count}]`;
    if (at + TYPE_BYTES > end) {
      throw btfError(place, at, `${what()} ends after the types`, "it inside");
    }
    const info = word(at + 4);
    const kind = info >>> 24 & 31;
    const more = MORE_BYTES[kind];
    if (kind === 0 || more === undefined) {
      throw btfError(
        place,
        at + 4,
        `${what()} of kind ${kind}`,
        "kind 1 to 19",
      );
    }
    const next = at + TYPE_BYTES + more[0] + (info & 0xffff) * more[1];
    if (next > end) {
      throw btfError(
        place,
        at,
        `${what()} with ${info & 0xffff} parts ends after the types`,
        "it inside",
      );
    }
    if (REFERRING.has(kind) && word(at + 8) === firstId + count) {
      throw btfError(place, at + 8, `${what()} refers to itself`, "another");
    }
    if (count === offsets.length) {
      const larger = new Uint32Array(count * 2 + 1024);
      larger.set(offsets);
      offsets = larger;
    }
    offsets[count++] = at;
    at = next;
  }
  return offsets.slice(0, count);
}

/**
 * Makes the error of a byte.
 *
 * @param place Where the BTF is from.
 * @param at The byte, from its beginning on.
 */
export function btfError(
  place: BtfPlace,
  at: number,
  found: string,
  expected: string,
): SyntaxError {
  return new SyntaxError(
    `Cannot read BTF of ${place.name}, byte ${place.at + at}: ${found}, ` +
      `expected ${expected}`,
  );
}

type Five = [number, number, number, number, number];
