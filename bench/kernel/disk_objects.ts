/**
 * The kernel's objects of one disk, found in the guest's memory: from the
 * block devices' super block to disk, queue, tags, requests and nvme's rings.
 * All of it by the kernel's own BTF, so that a changed struct is found as well.
 */
import { addAllocators } from "./allocator_objects.ts";
import { FoundObjects, type ObjectSearch } from "./found_objects.ts";
import { type KernelData, Members } from "./members.ts";
import { addNvme } from "./nvme_objects.ts";
import type { Places } from "./places.ts";

export interface DiskObjects {
  /** `block_device` of the whole disk. */
  readonly bdev: number;
  /** Struct tags that the kernel or its objects did not show. */
  readonly missing: readonly string[];
}

/**
 * @param disk Its name, such as nvme0n1.
 * @throws {RangeError} If the kernel's data does not lead to the disk.
 */
export function addDisk(
  data: KernelData,
  disk: string,
  places: Places,
): DiskObjects {
  const members = new Members(data);
  const found = new FoundObjects(data, places);
  const bdev = findDisk(data, members, disk);
  const gendisk = members.pointer(bdev, "block_device", "bd_disk");
  const search = { data, members, found };
  const { hctx, tagSet } = addQueue(search, { bdev, gendisk });
  addTags(search, { hctx, tagSet });
  addNvme(search, { hctx, gendisk });
  addAllocators(search);
  return { bdev, missing: found.missing };
}

/** The queue and its software and hardware contexts (block/blk-mq.c). */
function addQueue(
  { data, members, found }: ObjectSearch,
  { bdev, gendisk }: { bdev: number; gendisk: number | undefined },
): { hctx: number | undefined; tagSet: number | undefined } {
  const queue = members.pointer(gendisk, "gendisk", "queue");
  found.add(gendisk, "gendisk");
  found.add(queue, "request_queue");
  found.add(
    members.address(queue, "request_queue", "limits"),
    "queue_limits",
  );
  const tagSet = members.pointer(queue, "request_queue", "tag_set");
  found.add(tagSet, "blk_mq_tag_set");
  found.bytes(
    members.pointer(tagSet, "blk_mq_tag_set", "tags"),
    "tag_set->tags[]",
    8,
  );
  const table = members.pointer(queue, "request_queue", "queue_hw_ctx");
  const hctx = table === undefined
    ? members.pointer(queue, "request_queue", "hctx_table.xa_head")
    : data.memory.pointer(table);
  found.add(hctx, "blk_mq_hw_ctx");
  found.add(
    members.perCpu(queue, "request_queue", "queue_ctx"),
    "blk_mq_ctx",
    "blk_mq_ctx (percpu)",
  );
  found.add(
    members.perCpu(bdev, "block_device", "bd_stats"),
    "disk_stats",
    "bd_stats (percpu disk_stats)",
  );
  found.bytes(
    members.perCpu(queue, "request_queue", "q_usage_counter.percpu_count_ptr"),
    "percpu count q_usage_counter",
    8,
  );
  return { hctx, tagSet };
}

/** Tags, and each tag's request with the driver's iod (block/blk-mq-tag.c). */
function addTags(
  { data, members, found }: ObjectSearch,
  { hctx, tagSet }: { hctx: number | undefined; tagSet: number | undefined },
): void {
  const tags = members.pointer(hctx, "blk_mq_hw_ctx", "tags");
  const tagCount = members.word(tags, "blk_mq_tags", "nr_tags");
  found.add(tags, "blk_mq_tags");
  const rqs = members.pointer(tags, "blk_mq_tags", "rqs");
  const statics = members.pointer(tags, "blk_mq_tags", "static_rqs");
  found.bytes(rqs, "tags->rqs[]", tagCount * 8);
  found.bytes(statics, "tags->static_rqs[]", tagCount * 8);
  found.add(
    members.pointer(tags, "blk_mq_tags", "bitmap_tags.sb.map"),
    "sbitmap_word",
    "sbitmap_word (tags)",
    Math.ceil(tagCount / 64),
  );
  found.bytes(
    members.perCpu(tags, "blk_mq_tags", "bitmap_tags.sb.alloc_hint"),
    "sbitmap alloc_hint (percpu)",
    4,
  );
  const requestBytes = data.types.sizeOf("request") ?? 0;
  const iodBytes = members.word(tagSet, "blk_mq_tag_set", "cmd_size");
  for (let tag = 0; tag < tagCount && statics !== undefined; tag++) {
    const request = data.memory.pointer(statics + tag * 8);
    if (request === undefined) continue;
    found.add(request, "request");
    found.bytes(request + requestBytes, "nvme_iod", iodBytes, "nvme_iod");
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
