import { assertEquals, assertRejects } from "@std/assert";
import { collectModules } from "../../../bench/kernel/kernel_modules.ts";

/** A folder of modules: name to vermagic. */
async function inFolder<T>(
  files: Readonly<Record<string, string>>,
  act: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, version] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), {
        recursive: true,
      });
      await Deno.writeTextFile(path, `\0vermagic=${version} SMP\0`);
    }
    return await act(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("collectModules() takes nvme and what it needs, nothing else", async () => {
  const names = await inFolder(
    {
      "6.1.0/kernel/drivers/nvme/host/nvme.ko": "6.1.0",
      "6.1.0/kernel/drivers/nvme/host/nvme-core.ko": "6.1.0",
      "6.1.0/kernel/block/t10-pi.ko": "6.1.0",
      "6.1.0/kernel/net/ipv6.ko": "6.1.0",
      "6.2.0/kernel/drivers/nvme/host/nvme.ko": "6.2.0",
    },
    async (folder) =>
      (await collectModules({ folder, release: "6.1.0" })).map(({ name }) =>
        name
      ),
  );
  assertEquals(names.toSorted(), ["nvme-core.ko", "nvme.ko", "t10-pi.ko"]);
});

Deno.test("collectModules() refuses modules of another kernel", async () => {
  for (
    const [name, version] of [
      ["kernel/nvme.ko", "6.2.0"],
      ["6.2.0/kernel/drivers/nvme.ko.xz", "unread"],
    ] as const
  ) {
    await assertRejects(
      () =>
        inFolder(
          { [name]: version },
          (folder) => collectModules({ folder, release: "6.1.0" }),
        ),
      TypeError,
      "it is for kernel 6.2.0, expected one for 6.1.0",
    );
  }
});

Deno.test("collectModules() says that there is no nvme, or no folder", async () => {
  await assertRejects(
    () =>
      inFolder(
        { "kernel/xfs.ko": "6.1.0" },
        (folder) => collectModules({ folder, release: "6.1.0" }),
      ),
    TypeError,
    "has no module nvme.ko, expected /lib/modules/6.1.0",
  );
  await assertRejects(
    () => collectModules({ folder: "/nonexistent", release: "6.1.0" }),
    TypeError,
    "Cannot read modules in /nonexistent: no such file",
  );
});
