/** Binary operators of C's constant expressions, on values of 64 bits. */

/**
 * Works out a binary operator.
 *
 * @returns The value; `undefined` where C has none: a division by 0, a shift by
 * less than 0 or more than 63 bits.
 */
export function binaryValue(
  operator: string,
  a: bigint,
  b: bigint,
): bigint | undefined {
  switch (operator) {
    case "||":
      return truth(a !== 0n || b !== 0n);
    case "&&":
      return truth(a !== 0n && b !== 0n);
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "&":
      return a & b;
    case "==":
      return truth(a === b);
    case "!=":
      return truth(a !== b);
    case "<":
      return truth(a < b);
    case ">":
      return truth(a > b);
    case "<=":
      return truth(a <= b);
    case ">=":
      return truth(a >= b);
    case "<<":
      return isShift(b) ? wrapped(a << b) : undefined;
    case ">>":
      return isShift(b) ? a >> b : undefined;
    case "+":
      return wrapped(a + b);
    case "-":
      return wrapped(a - b);
    case "*":
      return wrapped(a * b);
    case "/":
      return b === 0n ? undefined : a / b;
    case "%":
      return b === 0n ? undefined : a % b;
    default:
      return undefined;
  }
}

/** Returns C's value of a comparison. */
export function truth(is: boolean): bigint {
  return is ? 1n : 0n;
}

function isShift(bits: bigint): boolean {
  return bits >= 0n && bits <= 63n;
}

/** Values stay below 2^64, as they do in intmax_t and uintmax_t. */
function wrapped(value: bigint): bigint {
  return value < 0n ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
}
