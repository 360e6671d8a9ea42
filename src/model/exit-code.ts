/** Every exit code of this tool. Listed in `--help`, so that scripts can rely on them. */
export const EXIT = {
  ok: 0,
  internalError: 1,
  usage: 2,
  cannotConnect: 3,
  thresholdsFailed: 4,
  auditFailed: 5,
  interruptedBySigint: 130,
  interruptedBySigterm: 143,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
