/**
 * Types of BTF as debug information: made when they are asked for, each once,
 * so that a struct's members can be the struct's own pointers.
 */
import {
  guessAlignment,
  naturalAlignment,
} from "../../layouts/pahole/alignment.ts";
import {
  type DebugType,
  type EnumValue,
  type FunctionParameter,
  type RecordMember,
  type RecordType,
  sizeOfType,
  stripped,
} from "../../layouts/pahole/type.ts";
import { type Btf, BTF_KIND, type BtfType } from "./btf.ts";

/** Deepest nesting of structs by value; in a kernel it is 9. */
const MOST_DEPTH = 64;

/** Makes debug types of the types of one BTF and its base. */
export class BtfTypes {
  readonly #btf: Btf;
  readonly #made = new Map<number, DebugType | undefined>();
  /** Structs whose members are being placed, each within another. */
  #depth = 0;

  /** Begins with no type made. */
  constructor(btf: Btf) {
    this.#btf = btf;
  }

  /**
   * Returns a type.
   *
   * @returns The type; `undefined` for void and for what is not a C type.
   * @throws {RangeError} If there is no such type.
   */
  type(id: number): DebugType | undefined {
    let at = id;
    // A tag of a type (such as __rcu) is not a part of it.
    for (let step = 0; step < 64; step++) {
      if (this.#made.has(at)) return this.#made.get(at);
      const found = this.#btf.type(at);
      if (found?.kind === BTF_KIND.typeTag) {
        at = found.sizeOrType;
        continue;
      }
      const made = found === undefined ? undefined : this.#make(found);
      this.#made.set(at, made);
      return made;
    }
    throw new RangeError(
      `Cannot follow type [${id}] of ${this.#btf.name}: 64 tags in a row, ` +
        `expected a type`,
    );
  }

  #make(type: BtfType): DebugType | undefined {
    const { kind, name, sizeOrType } = type;
    const to = () => this.type(sizeOrType);
    switch (kind) {
      case BTF_KIND.int:
        // Bits as the type says them: __int128 has 128.
        return {
          kind: "base",
          name,
          sizeBytes: (this.#word(type, 0) & 0xff) >>> 3,
        };
      case BTF_KIND.float:
        return { kind: "base", name, sizeBytes: sizeOrType & 0x1fff };
      case BTF_KIND.pointer: {
        const sizeBytes = this.#btf.pointerBytes;
        return lazily({ kind: "pointer" as const, sizeBytes }, "to", to);
      }
      case BTF_KIND.typedef:
        return lazily({ kind: "typedef" as const, name }, "to", to);
      case BTF_KIND.const:
        return lazily({ kind: "const" as const }, "to", to);
      case BTF_KIND.volatile:
        return lazily({ kind: "volatile" as const }, "to", to);
      case BTF_KIND.restrict:
        return lazily({ kind: "restrict" as const }, "to", to);
      case BTF_KIND.array: {
        const of = this.#word(type, 0);
        const counts = [this.#word(type, 2)];
        const made = { kind: "array" as const, counts };
        return lazily(made, "to", () => this.type(of));
      }
      case BTF_KIND.struct:
      case BTF_KIND.union:
        return new BtfRecord(type, (record) => this.#nested(type, record));
      case BTF_KIND.forward:
        return {
          kind: type.flag ? "union" : "struct",
          name,
          sizeBytes: 0,
          members: [],
          alignedBytes: 0,
        };
      case BTF_KIND.enum:
      case BTF_KIND.enum64: {
        const made = {
          kind: "enum" as const,
          name,
          sizeBytes: sizeOrType || 4,
        };
        return lazily(made, "values", () => this.#values(type));
      }
      case BTF_KIND.prototype:
        return this.#function(type);
      default:
        return undefined; // functions, variables, sections, declaration tags
    }
  }

  #word(type: BtfType, index: number): number {
    return this.#btf.owner(type.id).word(type.partsAt + index * 4);
  }

  #values(type: BtfType): EnumValue[] {
    const wide = type.kind === BTF_KIND.enum64;
    const words = wide ? 3 : 2;
    return Array.from({ length: type.parts }, (_, part) => {
      const high = wide ? BigInt(this.#word(type, part * words + 2)) : 0n;
      return {
        name: this.#btf.string(this.#word(type, part * words)),
        value: high << 32n | BigInt(this.#word(type, part * words + 1)),
      };
    });
  }

  #function(type: BtfType): DebugType {
    const made = { kind: "function" as const };
    const returns = lazily(made, "returns", () => this.type(type.sizeOrType));
    const types = Array.from(
      { length: type.parts },
      (_, part) => this.#word(type, part * 2 + 1),
    );
    const variadic = lazily(returns, "variadic", () => types.includes(0));
    return lazily(
      variadic,
      "parameters",
      () =>
        types.flatMap((id, part): FunctionParameter[] => {
          if (id === 0) return [];
          const name = this.#btf.string(this.#word(type, part * 2));
          return [{ name, type: this.type(id) }];
        }),
    );
  }

  #nested(type: BtfType, record: BtfRecord): RecordMember[] {
    if (this.#depth >= MOST_DEPTH) {
      throw new RangeError(
        `Cannot place members of ${record.kind} ${record.name}: more than ` +
          `${MOST_DEPTH} structs contain each other, expected fewer`,
      );
    }
    this.#depth++;
    try {
      return this.#members(type, record);
    } finally {
      this.#depth--;
    }
  }

  /** Members, with bit-fields where pahole shows them (btf_loader.c). */
  #members(type: BtfType, record: BtfRecord): RecordMember[] {
    const members: RecordMember[] = [];
    let used = 0;
    for (let part = 0; part < type.parts; part++) {
      const name = this.#btf.string(this.#word(type, part * 3));
      const own = this.type(this.#word(type, part * 3 + 1));
      const place = this.#word(type, part * 3 + 2);
      const bitSize = type.flag ? place >>> 24 : 0;
      const startBit = type.flag ? place & 0xff_ffff : place;
      const plain = stripped(own);
      const sizeBytes = plain === undefined ? 0 : sizeOfType(plain);
      let offsetBytes = Math.floor(startBit / 8);
      let alignedBytes = 0;
      if (plain !== undefined && sizeBytes > 0) {
        if (bitSize > 0 && (plain.kind === "base" || plain.kind === "enum")) {
          offsetBytes = Math.floor(startBit / (sizeBytes * 8)) * sizeBytes;
        }
        const natural = naturalAlignment(plain);
        alignedBytes = guessAlignment(offsetBytes, natural, used);
        used = offsetBytes + sizeBytes;
      }
      members.push({
        name,
        type: own,
        startBit,
        offsetBytes,
        sizeBytes,
        bitSize,
        alignedBytes,
      });
    }
    record.used = used;
    return members;
  }
}

/** A struct or union whose members are made when they are asked for. */
class BtfRecord implements RecordType {
  readonly kind: "struct" | "union";
  readonly name: string;
  readonly sizeBytes: number;
  /** First byte after the last member. */
  used = 0;
  readonly #make: (record: BtfRecord) => RecordMember[];
  #members: RecordMember[] | undefined;
  #making = false;
  #aligned: number | undefined;

  constructor(type: BtfType, make: (record: BtfRecord) => RecordMember[]) {
    this.kind = type.kind === BTF_KIND.union ? "union" : "struct";
    this.name = type.name;
    this.sizeBytes = type.sizeOrType;
    this.#make = make;
  }

  get members(): readonly RecordMember[] {
    if (this.#members !== undefined) return this.#members;
    if (this.#making) {
      throw new RangeError(
        `Cannot place members of ${this.kind} ${this.name}: it contains ` +
          `itself, expected a finite size`,
      );
    }
    this.#making = true;
    try {
      return this.#members = this.#make(this);
    } finally {
      this.#making = false;
    }
  }

  get alignedBytes(): number {
    if (this.#aligned === undefined) {
      const natural = naturalAlignment(this); // makes the members
      this.#aligned = guessAlignment(this.sizeBytes, natural, this.used);
    }
    return this.#aligned;
  }
}

/** Adds a property that is worked out once, when it is asked for. */
function lazily<T extends object, K extends string, V>(
  object: T,
  key: K,
  make: () => V,
): T & { readonly [name in K]: V } {
  let made: { readonly value: V } | undefined;
  Object.defineProperty(object, key, {
    enumerable: true,
    get: () => (made ??= { value: make() }).value,
  });
  return object as T & { readonly [name in K]: V };
}
