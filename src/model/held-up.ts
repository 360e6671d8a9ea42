/** p99 of how late arrivals started, above which the generator itself was held up: times are its own as well. */
export const LATE_START_MILLIS = 10
/** The same of how long its event loop was busy at a time. */
export const LOOP_DELAY_MILLIS = 20
