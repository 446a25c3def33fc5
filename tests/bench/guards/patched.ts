/**
 * Puts a fault into a class of the product for as long as something is done;
 * for what is made too deep inside to be handed in.
 */

/**
 * Replaces a method.
 *
 * @param type The class.
 * @param name The method.
 * @param faulty Makes the faulty one from the real one.
 * @param work What is done meanwhile.
 */
export async function patched<
  Self extends object,
  Name extends keyof Self & string,
>(
  type: { readonly prototype: Self },
  name: Name,
  faulty: (real: Self[Name]) => Self[Name],
  work: () => unknown,
): Promise<void> {
  const real = type.prototype[name];
  type.prototype[name] = faulty(real);
  try {
    await work();
  } finally {
    type.prototype[name] = real;
  }
}
