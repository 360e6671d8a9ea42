/**
 * What has to happen before anything else is loaded, and so stands in a module of its own that `main.ts` imports first:
 * nobody is to read a password in the list of processes, in what a library prints for those who debug it, or in a
 * diagnostic report.
 */

// On Linux and macOS this overwrites the arguments that `ps` and /proc/PID/cmdline show.
process.title = 'redis-test'

// Its commandLine and environmentVariables hold what was given to us. NODE_OPTIONS can ask for it.
if (process.report !== undefined)
  Object.assign(process.report, {
    reportOnFatalError: false,
    reportOnSignal: false,
    reportOnUncaughtException: false,
  })

const notices: string[] = []

/** ioredis prints the arguments of AUTH; what others print with DEBUG stays as it is. */
if (/(?:^|[\s,])(?:\*|ioredis)/.test(process.env['DEBUG'] ?? '')) {
  process.env['DEBUG'] = `${process.env['DEBUG']},-ioredis:*`
  notices.push('DEBUG does not reach ioredis here: it would print the password')
}

/** gRPC prints the headers of OTLP, and a token may be one of them. */
for (const name of ['GRPC_TRACE', 'GRPC_NODE_TRACE'])
  if (process.env[name] !== undefined) {
    delete process.env[name]
    notices.push(`${name} is not passed on: it would print the headers of OTLP`)
  }

/** What was taken away, to be said once. */
export const startNotices: readonly string[] = notices
