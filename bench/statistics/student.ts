/**
 * Quantiles of Student's t, for intervals from few builds.
 */
import { probit } from "simple-statistics";

/**
 * Returns a quantile of Student's t distribution.
 *
 * @param share Which quantile, between 0 and 1.
 * @param freedom Degrees of freedom, at least 1, fractions too; `Infinity`
 * gives the normal distribution.
 * @returns The quantile, to about 0.5 % for 2 degrees and more of freedom and
 * the shares of 90 to 99.9 % intervals (G. W. Hill, "Algorithm 396: Student's
 * t-quantiles", CACM 13(10), 1970).
 */
export function studentQuantile(share: number, freedom: number): number {
  if (freedom === Infinity) return probit(share);
  const sign = share < 0.5 ? -1 : 1;
  const twoTailed = 2 * Math.min(share, 1 - share);
  if (freedom === 1) {
    return sign / Math.tan(twoTailed * Math.PI / 2);
  }
  if (freedom === 2) {
    return sign * Math.sqrt(2 / (twoTailed * (2 - twoTailed)) - 2);
  }
  const a = 1 / (freedom - 0.5);
  const b = 48 / a ** 2;
  let c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) *
    Math.sqrt(a * Math.PI / 2) * freedom;
  let x = d * twoTailed;
  let y = x ** (2 / freedom);
  if (y > 0.05 + a) {
    x = probit(twoTailed / 2);
    y = x ** 2;
    if (freedom < 5) c += 0.3 * (freedom - 4.5) * (x + 0.6);
    c = (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b + c;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = a * y ** 2;
    y = y > 0.002 ? Math.expm1(y) : 0.5 * y ** 2 + y;
  } else {
    y = ((1 / (((freedom + 6) / (freedom * y) - 0.089 * d - 0.822) *
                  (freedom + 2) * 3) + 0.5 / (freedom + 4)) * y - 1) *
        (freedom + 1) / (freedom + 2) + 1 / y;
  }
  return sign * Math.sqrt(freedom * y);
}
