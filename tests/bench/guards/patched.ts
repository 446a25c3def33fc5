/**
 * Puts a fault into an object of the product for as long as something is done;
 * for what is made too deep inside to be handed in.
 */

/**
 * Replaces a method.
 *
 * @param target The object: a class, or its prototype.
 * @param name The method.
 * @param faulty Makes the faulty one from the real one.
 * @param work What is done meanwhile.
 */
export async function patched<
  Target extends object,
  Name extends keyof Target & string,
>(
  target: Target,
  name: Name,
  faulty: (real: Target[Name]) => Target[Name],
  work: () => unknown,
): Promise<void> {
  const real = target[name];
  target[name] = faulty(real);
  try {
    await work();
  } finally {
    target[name] = real;
  }
}
