/** The page and the pictures of a result, with what is made again for them. */
import { pageDocument, type PageOptions } from "../report/page_document.ts";
import { pictureFiles, renderPage } from "../report/html.ts";
import type { RenderOptions } from "../report/exporter.ts";
import type { LabResult } from "../result/result.ts";
import type { MakeAnewOptions } from "./made_anew.ts";
import type { PageMaker } from "../shell/page_output.ts";

/**
 * Returns what makes them.
 *
 * @param options How parts are made again, and what breaks footprints down.
 * @returns The makers; parts are made again once for both.
 */
export function resultPage(
  result: LabResult,
  { by, ...options }: MakeAnewOptions & Pick<RenderOptions, "by">,
): PageMaker {
  const make = async (): Promise<PageOptions> => {
    const { madeAnew } = await import("./made_anew.ts");
    return { by, more: await madeAnew(result, options) };
  };
  let made: Promise<PageOptions> | undefined;
  const rendering = () => made ??= make();
  return {
    page: async () => await renderPage(result, await rendering()),
    pictures: async () =>
      await pictureFiles(pageDocument(result, await rendering())),
  };
}
