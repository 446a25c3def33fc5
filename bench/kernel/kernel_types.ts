/** Members of the kernel's structs by BTF: where they are, and who is there. */
import { type Btf, BTF_KIND, type BtfType } from "../../sim/kernel/btf.ts";

const MOST_DEPTH = 32;
const WRAPPERS: ReadonlySet<number> = new Set([
  BTF_KIND.typedef,
  BTF_KIND.const,
  BTF_KIND.volatile,
  BTF_KIND.restrict,
  BTF_KIND.typeTag,
]);

interface Member {
  readonly name: string;
  readonly type: number;
  readonly offsetBytes: number;
}

/** Looks types up in a kernel and its modules. */
export class KernelTypes {
  readonly #all: readonly Btf[];
  readonly #records = new Map<
    string,
    { readonly btf: Btf; readonly id: number } | undefined
  >();
  readonly #fields = new Map<string, string>();

  /** @param all BTF of the kernel and of the modules that the run used. */
  constructor(all: readonly Btf[]) {
    this.#all = all;
  }

  sizeOf(name: string): number | undefined {
    const found = this.#record(name);
    return found && found.btf.type(found.id)?.sizeOrType;
  }

  /**
   * Returns the place of a member.
   *
   * @param name The struct's tag.
   * @param path Names joined by dots; members of unnamed ones by their own.
   */
  offsetOf(name: string, path: string): number | undefined {
    const found = this.#record(name);
    if (found === undefined) return undefined;
    let { id } = found;
    let offsetBytes = 0;
    for (const part of path.split(".")) {
      const member = this.#find(found.btf, id, part, 0);
      if (member === undefined) return undefined;
      offsetBytes += member.offsetBytes;
      id = member.type;
    }
    return offsetBytes;
  }

  /**
   * Names what is at a place.
   *
   * @param name The struct's tag.
   * @returns Such as "bi_iter.bi_size" or "bi_opf+2"; the offset if unknown.
   */
  fieldAt(name: string, offsetBytes: number): string {
    return this.#fields.getOrInsertComputed(`${name} ${offsetBytes}`, () => {
      const found = this.#record(name);
      return found === undefined
        ? `+${offsetBytes}`
        : this.#describe(found.btf, found.id, offsetBytes);
    });
  }

  #record(name: string) {
    return this.#records.getOrInsertComputed(name, () => {
      for (const btf of this.#all) {
        const id = btf.find(name, [BTF_KIND.struct, BTF_KIND.union]);
        if (id !== undefined) return { btf, id };
      }
      return undefined;
    });
  }

  #stripped(btf: Btf, id: number): BtfType | undefined {
    let type = btf.type(id);
    for (let step = 0; step < MOST_DEPTH && type !== undefined; step++) {
      if (!WRAPPERS.has(type.kind)) return type;
      type = btf.type(type.sizeOrType);
    }
    return type;
  }

  #members(btf: Btf, type: BtfType): Member[] {
    const owner = btf.owner(type.id);
    return Array.from({ length: type.parts }, (_, part) => {
      const at = type.partsAt + part * 12;
      const place = owner.word(at + 8);
      return {
        name: btf.string(owner.word(at)),
        type: owner.word(at + 4),
        offsetBytes: Math.floor((type.flag ? place & 0xff_ffff : place) / 8),
      };
    });
  }

  #find(btf: Btf, id: number, name: string, depth: number): Member | undefined {
    const type = this.#stripped(btf, id);
    if (type === undefined || !isRecord(type) || depth > MOST_DEPTH) {
      return undefined;
    }
    for (const member of this.#members(btf, type)) {
      if (member.name === name) return member;
      if (member.name !== "") continue;
      const inner = this.#find(btf, member.type, name, depth + 1);
      if (inner !== undefined) {
        const offsetBytes = member.offsetBytes + inner.offsetBytes;
        return { ...inner, offsetBytes };
      }
    }
    return undefined;
  }

  #sizeOf(btf: Btf, id: number, depth = 0): number {
    const type = this.#stripped(btf, id);
    if (type === undefined || depth > MOST_DEPTH) return 0;
    switch (type.kind) {
      case BTF_KIND.pointer:
        return 8;
      case BTF_KIND.array: {
        const owner = btf.owner(type.id);
        const count = owner.word(type.partsAt + 8);
        return count *
          this.#sizeOf(btf, owner.word(type.partsAt), depth + 1);
      }
      case BTF_KIND.prototype:
      case BTF_KIND.forward:
        return 0;
      default:
        return type.sizeOrType;
    }
  }

  #describe(btf: Btf, id: number, offsetBytes: number): string {
    let name = "";
    let at = offsetBytes;
    let here = id;
    for (let depth = 0; depth < MOST_DEPTH; depth++) {
      const type = this.#stripped(btf, here);
      if (type?.kind === BTF_KIND.array) {
        const owner = btf.owner(type.id);
        here = owner.word(type.partsAt);
        const elementBytes = this.#sizeOf(btf, here);
        if (elementBytes > 0) {
          name += `[${Math.floor(at / elementBytes)}]`;
          at %= elementBytes;
          continue;
        }
      }
      if (type === undefined || !isRecord(type)) break;
      const member = this.#members(btf, type).find((one) =>
        one.offsetBytes <= at &&
        at < one.offsetBytes + this.#sizeOf(btf, one.type)
      );
      if (member === undefined) break;
      if (member.name !== "") name += (name === "" ? "" : ".") + member.name;
      at -= member.offsetBytes;
      here = member.type;
    }
    return at === 0 && name !== "" ? name : `${name}+${at}`;
  }
}

function isRecord(type: BtfType): boolean {
  return type.kind === BTF_KIND.struct || type.kind === BTF_KIND.union;
}
