/** ln Γ(x) for x > 0: the approximation of Lanczos (SIAM J. Numer. Anal. B 1, 1964) with g = 7 and nine terms. */
function logGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ]
  const base = x - 1
  const sum = terms.reduce((total, term, index) => total + term / (base + index + 1), 0.9999999999998099)
  const t = base + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (base + 0.5) * Math.log(t) - t + Math.log(sum)
}

const TINY = 1e-300

/** The continued fraction of the incomplete beta function (DLMF 8.17.22), by Lentz's method. */
function betaFraction(x: number, a: number, b: number): number {
  const atLeast = (value: number): number => (Math.abs(value) < TINY ? TINY : value)
  let c = 1
  let d = 1 / atLeast(1 - ((a + b) * x) / (a + 1))
  let result = d
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / atLeast(1 + even * d)
    c = atLeast(1 + even / c)
    result *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / atLeast(1 + odd * d)
    c = atLeast(1 + odd / c)
    const step = d * c
    result *= step
    if (Math.abs(step - 1) < 1e-14) break
  }
  return result
}

/** I_x(a, b), the regularised incomplete beta function. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  return x < (a + 1) / (a + b + 2)
    ? (front * betaFraction(x, a, b)) / a
    : 1 - (front * betaFraction(1 - x, b, a)) / b
}

/** P(|T| ≥ |t|) of Student's distribution: I_{ν/(ν+t²)}(ν/2, ½). Degrees of freedom need not be whole. */
export function twoSidedP(t: number, degrees: number): number {
  return Math.min(1, incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5))
}

/** The t at which {@link twoSidedP} is `p` (0 < p < 1), by bisection. */
export function criticalT(p: number, degrees: number): number {
  let [low, high] = [0, 1]
  while (twoSidedP(high, degrees) > p && high < 1e12) high *= 2
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2
    if (twoSidedP(middle, degrees) > p) low = middle
    else high = middle
  }
  return (low + high) / 2
}
