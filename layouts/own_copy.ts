/**
 * Copies of the functions that make a codec, for isolates in which many codecs
 * are made and none is timed.
 *
 * V8 keeps what it has seen at a call with the text of the function around it,
 * and all closures of one text share that: after a second codec none of its
 * functions is put into another one any more. A copy has its own text, so that
 * each function of its codec is compiled with all that it calls inside
 * (bench/HOT_PATH.md).
 */

/** Returns a function that makes others: itself, or a copy. */
export type OwnMaker = <Make extends (...args: never[]) => unknown>(
  make: Make,
  constants?: Readonly<Record<string, number>>,
) => Make;

/** Returns the function itself, for every codec that may be timed. */
export const sameMaker: OwnMaker = (make) => make;

let copies = 0;

/**
 * Copies a function that uses nothing but its arguments, globals, and numbers
 * that are constants of its module.
 *
 * @param constants Those numbers, by their names.
 */
export const copiedMaker: OwnMaker = (make, constants = {}) =>
  new Function([
    // V8 would find a text again that it has compiled, with what it saw there.
    `"use strict"; // ${copies++}`,
    ...Object.entries(constants).map(([name, value]) =>
      `const ${name} = ${value};`
    ),
    `return ${make};`,
  ].join("\n"))();
