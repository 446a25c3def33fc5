/**
 * The kernel's objects of one disk, found in the guest's memory: from the
 * block devices' super block to disk, queue, tags, requests and nvme's rings.
 * All of it by the kernel's own BTF, so that a changed struct is found as well.
 */
import { addAllocators } from "./allocator_objects.ts";
import { FoundObjects } from "./found_objects.ts";
import { type KernelData, KernelObject, listed } from "./kernel_object.ts";
import { addNvme } from "./nvme_objects.ts";
import type { Places } from "./places.ts";

export interface DiskObjects {
  /** `block_device` of the whole disk. */
  readonly bdev: number | undefined;
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
  const found = new FoundObjects(places);
  const bdev = findDisk(data, disk);
  const gendisk = bdev.to("bd_disk", "gendisk");
  const { hctx, tagSet } = addQueue(data, found, { bdev, gendisk });
  addTags(data, found, { hctx, tagSet });
  addNvme(data, found, { hctx, gendisk });
  addAllocators(data, found);
  return { bdev: bdev.at, missing: found.missing };
}

/** The queue and its software and hardware contexts (block/blk-mq.c). */
function addQueue(
  data: KernelData,
  found: FoundObjects,
  { bdev, gendisk }: { bdev: KernelObject; gendisk: KernelObject },
): { hctx: KernelObject; tagSet: KernelObject } {
  const queue = gendisk.to("queue", "request_queue");
  found.add(gendisk);
  found.add(queue);
  found.add(new KernelObject(data, "queue_limits", queue.address("limits")));
  const tagSet = queue.to("tag_set", "blk_mq_tag_set");
  found.add(tagSet);
  found.bytes(tagSet.pointer("tags"), "tag_set->tags[]", 8);
  const table = queue.pointer("queue_hw_ctx");
  const hctx = table === undefined
    ? queue.to("hctx_table.xa_head", "blk_mq_hw_ctx")
    : new KernelObject(data, "blk_mq_hw_ctx", data.memory.pointer(table));
  found.add(hctx);
  found.add(queue.toPerCpu("queue_ctx", "blk_mq_ctx"), "blk_mq_ctx (percpu)");
  found.add(
    bdev.toPerCpu("bd_stats", "disk_stats"),
    "bd_stats (percpu disk_stats)",
  );
  found.bytes(
    queue.perCpu("q_usage_counter.percpu_count_ptr"),
    "percpu count q_usage_counter",
    8,
  );
  return { hctx, tagSet };
}

/** Tags, and each tag's request with the driver's iod (block/blk-mq-tag.c). */
function addTags(
  data: KernelData,
  found: FoundObjects,
  { hctx, tagSet }: { hctx: KernelObject; tagSet: KernelObject },
): void {
  const tags = hctx.to("tags", "blk_mq_tags");
  const tagCount = tags.word("nr_tags");
  found.add(tags);
  const statics = tags.pointer("static_rqs");
  found.bytes(tags.pointer("rqs"), "tags->rqs[]", tagCount * 8);
  found.bytes(statics, "tags->static_rqs[]", tagCount * 8);
  found.add(
    tags.to("bitmap_tags.sb.map", "sbitmap_word"),
    "sbitmap_word (tags)",
    Math.ceil(tagCount / 64),
  );
  found.bytes(
    tags.perCpu("bitmap_tags.sb.alloc_hint"),
    "sbitmap alloc_hint (percpu)",
    4,
  );
  const requestBytes = data.types.sizeOf("request") ?? 0;
  const iodBytes = tagSet.word("cmd_size");
  for (let tag = 0; tag < tagCount && statics !== undefined; tag++) {
    const request = data.memory.pointer(statics + tag * 8);
    if (request === undefined) continue;
    found.add(new KernelObject(data, "request", request));
    found.bytes(request + requestBytes, "nvme_iod", iodBytes, "nvme_iod");
  }
}

function findDisk(data: KernelData, disk: string): KernelObject {
  const symbol = data.symbols.find("blockdev_superblock");
  const superBlock = new KernelObject(
    data,
    "super_block",
    symbol === undefined ? symbol : data.memory.pointer(symbol),
  );
  const inodeAt = data.types.offsetOf("bdev_inode", "vfs_inode");
  const bdevAt = data.types.offsetOf("bdev_inode", "bdev");
  const inodes = listed(data, "inode", {
    head: superBlock.address("s_inodes"),
    link: "i_sb_list",
  });
  if (inodeAt !== undefined && bdevAt !== undefined) {
    for (const { at = 0 } of inodes) {
      const bdev = at - inodeAt + bdevAt;
      const gendisk = new KernelObject(data, "block_device", bdev)
        .to("bd_disk", "gendisk");
      const name = gendisk.address("disk_name");
      if (name === undefined || data.memory.text(name) !== disk) continue;
      const whole = gendisk.to("part0", "block_device");
      if (whole.at !== undefined) return whole;
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
