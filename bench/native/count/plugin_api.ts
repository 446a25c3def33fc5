/**
 * Which version of QEMU's plugin interface a plugin is compiled for. QEMU
 * accepts versions from a minimum up to its own, but gives a plugin the
 * functions of its own version, whatever the plugin says. So the plugin names
 * the newest of those below, each of which changed a function that the plugins
 * use, or what QEMU accepts (`QEMU_PLUGIN_VERSION` of
 * include/plugins/qemu-plugin.h, and `QEMU_PLUGIN_MIN_VERSION` of
 * plugins/plugin.h).
 */

/** A version that differs from the one before it. */
export type PluginApi = 1 | 2 | 3 | 6 | 7;

const CHANGES: readonly (readonly [since: number, api: PluginApi])[] = [
  // Callbacks get their userdata.
  [1101, 7],
  // 5 and older are of another release: their compatibility is not promised.
  [1100, 6],
  // qemu_plugin_insn_data() copies.
  [901, 3],
  // 1 is no longer taken.
  [900, 2],
];

/**
 * Returns the version for a QEMU.
 *
 * @param qemu Its version: 100 times the major one, and the minor one.
 * @returns The version that its plugins are compiled for.
 */
export function pluginApi(qemu: number): PluginApi {
  return CHANGES.find(([since]) => qemu >= since)?.[1] ?? 1;
}
