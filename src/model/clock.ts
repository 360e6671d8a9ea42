/** Monotonic time. Everything that measures a duration takes one of these, so that tests can turn the hands. */
export interface Clock {
  /** Milliseconds since an arbitrary origin; fractions are nanoseconds at best. Never goes backwards. */
  now(): number
}
