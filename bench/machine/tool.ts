/**
 * Which lab writes a result.
 */
import config from "../../deno.json" with { type: "json" };

/** The name that a result file carries in `tool.name`. */
export const TOOL_NAME = "bvec-lab";

/** Returns the `tool` key of a result. */
export function labTool(): { name: typeof TOOL_NAME; version: string } {
  return { name: TOOL_NAME, version: config.version };
}
