/** Writes BTF, whole or cut out of a kernel's, and ELF files around it. */
import { type Btf, BTF_KIND } from "../../../sim/kernel/btf.ts";

/** A type to be written: its words behind the name, strings given as text. */
export interface WrittenType {
  readonly kind: number;
  readonly name?: string;
  readonly flag?: boolean;
  /** Size or type. */
  readonly third: number;
  /** Parts it is said to have; the length of `parts` by default. */
  readonly vlen?: number;
  /** Words of its parts; a text is the offset of that string. */
  readonly parts?: readonly (readonly (number | string)[])[];
}

/** Collects types and strings. */
export class BtfWriter {
  readonly types: WrittenType[] = [];
  readonly #firstId: number;
  readonly #firstString: number;

  /**
   * Begins with no type.
   *
   * @param base The BTF that this one is split from, if it is.
   */
  constructor(base?: Pick<Btf, "endId" | "stringsEnd">) {
    this.#firstId = base?.endId ?? 1;
    this.#firstString = base?.stringsEnd ?? 0;
  }

  /** Adds a type and gives its number. */
  add(type: WrittenType): number {
    return this.types.push(type) - 1 + this.#firstId;
  }

  /** Gives all as bytes. */
  bytes(littleEndian = true): Uint8Array<ArrayBuffer> {
    const strings = new Map<string, number>();
    let text = this.#firstString === 0 ? "\0" : "";
    if (this.#firstString === 0) strings.set("", 0);
    const offset = (name: string) => {
      if (name === "") return 0;
      const known = strings.get(name);
      if (known !== undefined) return known;
      const at = this.#firstString + text.length;
      strings.set(name, at);
      text += `${name}\0`;
      return at;
    };
    const words: number[] = [];
    for (
      const { kind, name = "", flag, third, parts = [], vlen } of this.types
    ) {
      words.push(offset(name));
      words.push((flag ? 1 << 31 : 0) | kind << 24 | (vlen ?? parts.length));
      words.push(third);
      for (const part of parts) {
        words.push(
          ...part.map((word) => typeof word === "string" ? offset(word) : word),
        );
      }
    }
    const out = new Uint8Array(24 + words.length * 4 + text.length);
    const view = new DataView(out.buffer);
    view.setUint16(0, 0xeb9f, littleEndian);
    view.setUint8(2, 1);
    [24, 0, words.length * 4, words.length * 4, text.length].forEach(
      (word, index) => view.setUint32(4 + index * 4, word, littleEndian),
    );
    words.forEach((word, index) =>
      view.setUint32(24 + index * 4, word >>> 0, littleEndian)
    );
    out.set(new TextEncoder().encode(text), 24 + words.length * 4);
    return out;
  }
}

/** Words of one part, and which of them are types (t) or strings (s). */
const PARTS: Readonly<Record<number, string>> = {
  [BTF_KIND.int]: "n",
  [BTF_KIND.array]: "ttn",
  [BTF_KIND.struct]: "stn",
  [BTF_KIND.union]: "stn",
  [BTF_KIND.enum]: "sn",
  [BTF_KIND.enum64]: "snn",
  [BTF_KIND.prototype]: "st",
};
/** Kinds whose parts are one whatever their `vlen` says. */
const SINGLE: ReadonlySet<number> = new Set([BTF_KIND.int, BTF_KIND.array]);

/**
 * Cuts types out of BTF: they, and what they hold; of what they only point to,
 * the name.
 *
 * @param btf The BTF.
 * @param names Types to keep.
 * @returns BTF of the same byte order.
 */
export function cutBtf(btf: Btf, names: readonly string[]): Uint8Array {
  const writer = new BtfWriter();
  const whole = new Map<number, number>();
  const named = new Map<number, number>();
  const keep = (id: number, pointedTo: boolean): number => {
    const type = btf.type(id);
    if (type === undefined) return 0;
    const { kind, name, parts, flag, partsAt } = type;
    const record = kind === BTF_KIND.struct || kind === BTF_KIND.union;
    const declared = pointedTo && record && name !== "";
    const known = (declared ? named : whole).get(id) ?? whole.get(id);
    if (known !== undefined) return known;
    if (declared) {
      const made = writer.add({
        kind: BTF_KIND.forward,
        name,
        flag: kind === BTF_KIND.union,
        third: 0,
      });
      named.set(id, made);
      return made;
    }
    // Numbers are given in order, so a place is kept until all is known.
    const made = writer.add({ kind, name, third: 0 });
    whole.set(id, made);
    const form = PARTS[kind] ?? "";
    const points = pointedTo || kind === BTF_KIND.pointer ||
      kind === BTF_KIND.prototype;
    const refers = !record && form !== "n" && kind !== BTF_KIND.enum &&
      kind !== BTF_KIND.enum64 && kind !== BTF_KIND.array &&
      kind !== BTF_KIND.float && kind !== BTF_KIND.forward;
    const third = refers ? keep(type.sizeOrType, points) : type.sizeOrType;
    const owner = btf.owner(id);
    const count = form === "" ? 0 : SINGLE.has(kind) ? 1 : parts;
    writer.types[made - 1] = {
      kind,
      name,
      flag,
      third,
      vlen: SINGLE.has(kind) ? 0 : count,
      parts: Array.from(
        { length: count },
        (_, part) =>
          [...form].map((what, index) => {
            const word = owner.word(partsAt + (part * form.length + index) * 4);
            if (what === "s") return btf.string(word);
            return what === "t" ? keep(word, points && !record) : word;
          }),
      ),
    };
    return made;
  };
  const kinds = [
    ...[BTF_KIND.struct, BTF_KIND.union, BTF_KIND.enum, BTF_KIND.enum64],
    BTF_KIND.typedef,
  ];
  for (const name of names) {
    const id = btf.find(name, kinds);
    if (id === undefined) throw new RangeError(`Cannot find ${name}`);
    keep(id, false);
  }
  for (const name of ["long unsigned int", "unsigned long"]) {
    const id = btf.find(name, [BTF_KIND.int]);
    if (id !== undefined) keep(id, false); // tells the size of pointers
  }
  return writer.bytes(btf.littleEndian);
}

/**
 * Puts sections into an ELF file.
 *
 * @param sections Their bytes by name.
 * @param form 32 or 64 bits, and the byte order.
 * @returns The file.
 */
export function elfFile(
  sections: Readonly<Record<string, Uint8Array>>,
  form: { readonly wide: boolean; readonly littleEndian: boolean },
): Uint8Array<ArrayBuffer> {
  const { wide, littleEndian: little } = form;
  const all = Object.entries({
    "": new Uint8Array(),
    ...sections,
    ".shstrtab": new Uint8Array(),
  });
  const names = all.map(([name]) => `${name}\0`).join("");
  const contents = all.map(([name, bytes]) =>
    name === ".shstrtab" ? new TextEncoder().encode(names) : bytes
  );
  const header = wide ? 64 : 52;
  const entry = wide ? 64 : 40;
  const sizes = contents.map((bytes) => Math.ceil(bytes.length / 8) * 8);
  const table = sizes.reduce((sum, size) => sum + size, header + 12 & ~7);
  const out = new Uint8Array(table + all.length * entry);
  const view = new DataView(out.buffer);
  out.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, little ? 1 : 2, 1]);
  const word = (at: number, value: number) =>
    wide
      ? view.setBigUint64(at, BigInt(value), little)
      : view.setUint32(at, value, little);
  word(wide ? 40 : 32, table);
  const fields = wide ? 58 : 46;
  [entry, all.length, all.length - 1].forEach((value, index) =>
    view.setUint16(fields + index * 2, value, little)
  );
  let at = header + 12 & ~7;
  let nameAt = 0;
  all.forEach(([name], index) => {
    const own = table + index * entry;
    const bytes = contents[index] ?? new Uint8Array();
    out.set(bytes, at);
    view.setUint32(own, nameAt, little);
    word(own + (wide ? 24 : 16), at);
    word(own + (wide ? 32 : 20), bytes.length);
    at += sizes[index] ?? 0;
    nameAt += name.length + 1;
  });
  return out;
}
