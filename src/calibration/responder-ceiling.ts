import { once } from 'node:events'
import { connect } from 'node:net'

const CONNECTIONS = 4
/** In one write: about 64 KiB of short commands. */
const COMMANDS_IN_WRITE = 2000
const REQUEST = '*1\r\n$4\r\nPING\r\n'
const REPLY_BYTES = '+PONG\r\n'.length

/**
 * Commands per second that the responder alone can answer: deep pipelines of prepared bytes, whose answers are counted by
 * their length, so that the client does next to nothing.
 */
export async function measureResponder(port: number, millis: number): Promise<number> {
  const request = Buffer.from(REQUEST.repeat(COMMANDS_IN_WRITE))
  let bytes = 0
  const sockets = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const socket = connect(port, '127.0.0.1')
      await once(socket, 'connect')
      let due = COMMANDS_IN_WRITE * REPLY_BYTES
      // Always one write ahead, so that the responder never waits.
      socket.on('data', ({ length }) => {
        bytes += length
        due -= length
        if (due <= 0) {
          due += COMMANDS_IN_WRITE * REPLY_BYTES
          socket.write(request)
        }
      })
      socket.on('error', () => {})
      socket.write(request)
      socket.write(request)
      return socket
    }),
  )
  const wait = (time: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, time))
  await wait(millis / 4)
  const [bytesBefore, startedAt] = [bytes, performance.now()]
  await wait(millis)
  const seconds = (performance.now() - startedAt) / 1000
  const commands = (bytes - bytesBefore) / REPLY_BYTES
  for (const socket of sockets) socket.destroy()
  return Math.round(commands / seconds)
}
