/**
 * The kernel's objects of one disk, found in the guest's memory: from the
 * block devices' super block to disk, queue, tags, requests and nvme's rings.
 * All of it by the kernel's own BTF, so that a changed struct is found as well.
 */
import type { GuestMemory } from "./guest_memory.ts";
import type { KernelTypes } from "./kernel_types.ts";
import type { Places } from "./places.ts";
import type { Symbols } from "./symbols.ts";

const THREAD_BYTES = 16 << 10;
const MOST_LINKS = 20_000;

/** What the kernel's data is read with. */
export interface KernelData {
  /** The guest's memory. */
  readonly memory: GuestMemory;
  /** The kernel's symbols. */
  readonly symbols: Symbols;
  /** The kernel's types. */
  readonly types: KernelTypes;
}

/** What one disk is made of. */
export interface DiskObjects {
  /** `block_device` of the whole disk. */
  readonly bdev: number;
  /** Struct tags that the kernel or its objects did not show. */
  readonly missing: readonly string[];
}

/** Reads members of structs. */
export class Members {
  readonly #data: KernelData;

  /**
   * Takes the data.
   *
   * @param data It.
   */
  constructor(data: KernelData) {
    this.#data = data;
  }

  /**
   * Gives the address of a member.
   *
   * @param at The struct.
   * @param type Its tag.
   * @param path The member.
   * @returns Its address; `undefined` if one of them is unknown.
   */
  address(
    at: number | undefined,
    type: string,
    path: string,
  ): number | undefined {
    const offset = this.#data.types.offsetOf(type, path);
    return at === undefined || offset === undefined ? undefined : at + offset;
  }

  /**
   * Reads a pointer; the first of some members that the kernel has.
   *
   * @param at The struct.
   * @param type Its tag.
   * @param paths The members.
   * @returns What it points to; `undefined` if that is nothing.
   */
  pointer(
    at: number | undefined,
    type: string,
    ...paths: string[]
  ): number | undefined {
    for (const path of paths) {
      const member = this.address(at, type, path);
      if (member !== undefined) return this.#data.memory.pointer(member);
    }
    return undefined;
  }

  /**
   * Reads 32 bits.
   *
   * @param at The struct.
   * @param type Its tag.
   * @param path The member.
   * @returns The value; 0 if unknown.
   */
  word(at: number | undefined, type: string, path: string): number {
    const member = this.address(at, type, path);
    return member === undefined ? 0 : this.#data.memory.word(member, 4) ?? 0;
  }

  /**
   * Walks a list.
   *
   * @param head Its list_head.
   * @param type Tag of what is linked.
   * @param path The list_head inside it.
   * @returns Addresses of the objects.
   */
  *list(
    head: number | undefined,
    type: string,
    path: string,
  ): Generator<number> {
    const offset = this.#data.types.offsetOf(type, path);
    if (head === undefined || offset === undefined) return;
    let at = this.#data.memory.pointer(head);
    for (let step = 0; step < MOST_LINKS; step++) {
      if (at === undefined || at === head) return;
      yield at - offset;
      at = this.#data.memory.pointer(at);
    }
  }

  /**
   * Gives where a per-CPU object of CPU 0 lies.
   *
   * @param at The member that holds the per-CPU pointer.
   * @returns Its address; `undefined` if there is none.
   */
  perCpu(at: number | undefined): number | undefined {
    const { memory } = this.#data;
    const base = this.#data.symbols.find("__per_cpu_offset");
    if (at === undefined || base === undefined) return undefined;
    const wide = (address: number) =>
      BigInt(memory.word(address, 4) ?? 0) |
      BigInt(memory.word(address + 4, 4) ?? 0) << 32n;
    const sum = BigInt.asUintN(64, (wide(at) & ~3n) + wide(base));
    return sum < 0xffff_8000_0000_0000n
      ? undefined
      : Number(sum - 0xffff_8000_0000_0000n);
  }
}

/**
 * Adds a disk's objects.
 *
 * @param data The kernel's data.
 * @param disk Its name, such as nvme0n1.
 * @param places Where to add them.
 * @returns What was found.
 * @throws {RangeError} If the kernel's data does not lead to the disk.
 */
export function addDisk(
  data: KernelData,
  disk: string,
  places: Places,
): DiskObjects {
  const members = new Members(data);
  const missing: string[] = [];
  const add = (
    at: number | undefined,
    type: string,
    name = type,
    more: { readonly count?: number; readonly bytes?: number } = {},
  ) => {
    const sizeBytes = data.types.sizeOf(type) ?? more.bytes;
    if (at === undefined || sizeBytes === undefined) {
      missing.push(name);
      return;
    }
    const count = more.count ?? 1;
    places.add({
      from: at,
      to: at + sizeBytes * count,
      name,
      type,
      ...(count > 1 ? { strideBytes: sizeBytes } : {}),
    });
  };
  const bytes = (at: number | undefined, name: string, count: number) => {
    if (at === undefined) missing.push(name);
    else places.add({ from: at, to: at + count, name });
  };

  const bdev = findDisk(data, members, disk);
  const gendisk = members.pointer(bdev, "block_device", "bd_disk");
  const adding = { data, members, places, add, bytes };
  const { hctx, tagSet } = addQueue(adding, { bdev, gendisk });
  addTags(adding, { hctx, tagSet });
  addNvme(adding, { hctx, gendisk });
  return { bdev, missing };
}

/** What finds structures and notes where they are. */
interface Adding {
  readonly data: KernelData;
  readonly members: Members;
  readonly places: Places;
  readonly add: (
    at: number | undefined,
    type: string,
    name?: string,
    more?: { readonly count?: number; readonly bytes?: number },
  ) => void;
  readonly bytes: (at: number | undefined, name: string, count: number) => void;
}

/** The queue and its software and hardware contexts (block/blk-mq.c). */
function addQueue(
  { data, members, add, bytes }: Adding,
  { bdev, gendisk }: { bdev: number; gendisk: number | undefined },
): { hctx: number | undefined; tagSet: number | undefined } {
  const queue = members.pointer(gendisk, "gendisk", "queue");
  add(gendisk, "gendisk");
  add(queue, "request_queue");
  add(
    members.address(queue, "request_queue", "limits"),
    "queue_limits",
  );
  const tagSet = members.pointer(queue, "request_queue", "tag_set");
  add(tagSet, "blk_mq_tag_set");
  bytes(
    members.pointer(tagSet, "blk_mq_tag_set", "tags"),
    "tag_set->tags[]",
    8,
  );
  const table = members.pointer(queue, "request_queue", "queue_hw_ctx");
  const hctx = table === undefined
    ? members.pointer(queue, "request_queue", "hctx_table.xa_head")
    : data.memory.pointer(table);
  add(hctx, "blk_mq_hw_ctx");
  add(
    members.perCpu(members.address(queue, "request_queue", "queue_ctx")),
    "blk_mq_ctx",
    "blk_mq_ctx (percpu)",
  );
  add(
    members.perCpu(members.address(bdev, "block_device", "bd_stats")),
    "disk_stats",
    "bd_stats (percpu disk_stats)",
  );
  bytes(
    members.perCpu(
      members.address(
        queue,
        "request_queue",
        "q_usage_counter.percpu_count_ptr",
      ),
    ),
    "percpu count q_usage_counter",
    8,
  );
  return { hctx, tagSet };
}

/** Tags, and each tag's request with the driver's iod (block/blk-mq-tag.c). */
function addTags(
  { data, members, places, add, bytes }: Adding,
  { hctx, tagSet }: { hctx: number | undefined; tagSet: number | undefined },
): void {
  const tags = members.pointer(hctx, "blk_mq_hw_ctx", "tags");
  const tagCount = members.word(tags, "blk_mq_tags", "nr_tags");
  add(tags, "blk_mq_tags");
  const rqs = members.pointer(tags, "blk_mq_tags", "rqs");
  const statics = members.pointer(tags, "blk_mq_tags", "static_rqs");
  bytes(rqs, "tags->rqs[]", tagCount * 8);
  bytes(statics, "tags->static_rqs[]", tagCount * 8);
  add(
    members.pointer(tags, "blk_mq_tags", "bitmap_tags.sb.map"),
    "sbitmap_word",
    "sbitmap_word (tags)",
    { count: Math.ceil(tagCount / 64) },
  );
  bytes(
    members.perCpu(
      members.address(tags, "blk_mq_tags", "bitmap_tags.sb.alloc_hint"),
    ),
    "sbitmap alloc_hint (percpu)",
    4,
  );
  const requestBytes = data.types.sizeOf("request") ?? 0;
  const iodBytes = members.word(tagSet, "blk_mq_tag_set", "cmd_size");
  for (let tag = 0; tag < tagCount && statics !== undefined; tag++) {
    const request = data.memory.pointer(statics + tag * 8);
    if (request === undefined) continue;
    add(request, "request");
    places.add({
      from: request + requestBytes,
      to: request + requestBytes + iodBytes,
      name: "nvme_iod",
      type: "nvme_iod",
    });
  }
}

interface NvmeParts {
  readonly hctx: number | undefined;
  readonly gendisk: number | undefined;
}

function addNvme(
  { data, members, places, add, bytes }: Adding,
  { hctx, gendisk }: NvmeParts,
): void {
  const queue = members.pointer(hctx, "blk_mq_hw_ctx", "driver_data");
  add(queue, "nvme_queue");
  const depth = members.word(queue, "nvme_queue", "q_depth") & 0xffff;
  bytes(
    members.pointer(queue, "nvme_queue", "sq_cmds"),
    "nvme SQ",
    Math.max(depth, 1) * 64,
  );
  bytes(
    members.pointer(queue, "nvme_queue", "cqes"),
    "nvme CQ",
    Math.max(depth, 1) * 16,
  );
  bytes(members.pointer(queue, "nvme_queue", "q_db"), "nvme doorbell", 8);
  const dev = members.pointer(queue, "nvme_queue", "dev");
  add(dev, "nvme_dev");
  const device = members.pointer(dev, "nvme_dev", "dev");
  const inPci = data.types.offsetOf("pci_dev", "dev");
  if (device !== undefined && inPci !== undefined) {
    add(device - inPci, "pci_dev", "pci_dev (struct device)");
  }
  const ns = members.pointer(gendisk, "gendisk", "private_data");
  add(ns, "nvme_ns");
  add(members.pointer(ns, "nvme_ns", "head"), "nvme_ns_head");

  const pools = [
    [members.pointer(dev, "nvme_dev", "prp_small_pool"), "small, 256 B"],
    [members.pointer(dev, "nvme_dev", "prp_page_pool"), "large, 4096 B"],
    [
      members.pointer(queue, "nvme_queue", "descriptor_pools.small"),
      "small, 256 B",
    ],
    [
      members.pointer(queue, "nvme_queue", "descriptor_pools.large"),
      "large, 4096 B",
    ],
  ] as const;
  for (const [pool, words] of pools) {
    if (pool === undefined) continue;
    add(pool, "dma_pool", `dma_pool (${words.split(",")[0]})`);
    const pageBytes = members.word(pool, "dma_pool", "allocation");
    const pages = members.address(pool, "dma_pool", "page_list");
    for (const page of members.list(pages, "dma_page", "page_list")) {
      const at = members.pointer(page, "dma_page", "vaddr");
      if (at === undefined) continue;
      places.add({
        from: at,
        to: at + pageBytes,
        name: `PRP/SGL list (${words})`,
      });
    }
  }
}

function findDisk(data: KernelData, members: Members, disk: string): number {
  const symbol = data.symbols.find("blockdev_superblock");
  const superBlock = symbol === undefined
    ? undefined
    : data.memory.pointer(symbol);
  const inodes = members.address(superBlock, "super_block", "s_inodes");
  const inodeAt = data.types.offsetOf("bdev_inode", "vfs_inode");
  const bdevAt = data.types.offsetOf("bdev_inode", "bdev");
  if (inodeAt !== undefined && bdevAt !== undefined) {
    for (const inode of members.list(inodes, "inode", "i_sb_list")) {
      const bdev = inode - inodeAt + bdevAt;
      const gendisk = members.pointer(bdev, "block_device", "bd_disk");
      const name = members.address(gendisk, "gendisk", "disk_name");
      if (name !== undefined && data.memory.text(name) === disk) {
        const whole = members.pointer(gendisk, "gendisk", "part0");
        if (whole !== undefined) return whole;
      }
    }
  }
  throw new RangeError(
    `Cannot find disk ${disk} in the kernel's memory: ` +
      (symbol === undefined
        ? "it has no symbol blockdev_superblock"
        : inodeAt === undefined
        ? "its BTF has no struct bdev_inode"
        : "no block device of its list has that name") +
      ", expected CONFIG_KALLSYMS_ALL and CONFIG_DEBUG_INFO_BTF of this kernel",
  );
}

/**
 * Adds tasks and their stacks.
 *
 * @param data The kernel's data.
 * @param places Where to add them.
 * @returns The `task_struct` of the guest program; 0 if not found.
 */
export function addTasks(data: KernelData, places: Places): number {
  const members = new Members(data);
  const taskBytes = data.types.sizeOf("task_struct") ?? 0;
  const init = data.symbols.find("init_task");
  const head = members.address(init, "task_struct", "tasks");
  let own = 0;
  const tasks = [...members.list(head, "task_struct", "tasks")];
  if (init !== undefined) tasks.push(init);
  for (const task of tasks) {
    const isOwn = members.word(task, "task_struct", "pid") === 1;
    if (isOwn) own = task;
    places.add({
      from: task,
      to: task + taskBytes,
      name: isOwn ? "task_struct" : "task_struct (other)",
      type: "task_struct",
    });
    const stack = members.pointer(task, "task_struct", "stack");
    if (stack === undefined) continue;
    places.add({
      from: stack,
      to: stack + THREAD_BYTES,
      name: isOwn ? "stack task" : "stack other task",
    });
  }
  const mm = members.pointer(own || undefined, "task_struct", "mm");
  const mmBytes = data.types.sizeOf("mm_struct") ?? 0;
  if (mm !== undefined) {
    places.add({
      from: mm,
      to: mm + mmBytes,
      name: "mm_struct",
      type: "mm_struct",
    });
  }
  return own;
}
