/** A difference that was judged: of logarithms, or of shares. */
export interface Judged {
  readonly difference: number
  readonly low: number
  readonly high: number
  readonly standardError: number
  /** Of Student's distribution. */
  readonly degrees: number
  readonly pValue: number
  /** After correction for the number of all that was looked at. */
  readonly pAdjusted: number
}
