import type { Fault } from '../model/fault.ts'
import { type HttpRequest, sendHttp } from './http-request.ts'
import { waitUntil, pause } from './ask.ts'

/** Asks a service that breaks things for us, and waits until it says that it is done. */
export const http: Fault = (target, plan) => {
  const { url, method, body, poll_url, poll_until, poll_every, poll_timeout } = plan.params
  const { revert_url, revert_method, revert_body } = plan.params
  const addresses = [url, poll_url, revert_url]
    .filter((one) => one !== undefined)
    .map((one) => addressOf(one))
  const forbidden = addresses.find((address) => !target.isAllowed(address))
  if (forbidden !== undefined)
    return Promise.reject(new Error(`${forbidden} is not on the list of targets (--fault-target)`))
  const undo =
    revert_url === undefined
      ? []
      : [{ do: 'http' as const, ...request(revert_url, revert_method, revert_body), accept: [404] }]
  return Promise.resolve({
    nodes: addresses.slice(0, 1),
    undo,
    touches: [],
    async act(over) {
      const answer = await sendHttp(request(url, method, body))
      if (poll_url !== undefined) {
        const poll = request(fill(String(poll_url), answer), 'GET', undefined)
        const isDone = async (): Promise<true | undefined> => {
          if ((await sendHttp(poll)).includes(String(poll_until))) return true
          await pause(Number(poll_every), over)
          return undefined
        }
        await waitUntil(`${poll.url} says ${String(poll_until)}`, Number(poll_timeout), isDone, over)
      }
      return { connections: 0, detail: `${String(method)} ${String(url)}` }
    },
  })
}

function request(url: unknown, method: unknown, body: unknown): HttpRequest {
  return { url: String(url), method: String(method), body: typeof body === 'string' ? body : null }
}

/** `host:port` of a URL. */
function addressOf(url: unknown): string {
  const { hostname, port, protocol } = new URL(String(url))
  return `${hostname}:${port === '' ? (protocol === 'https:' ? 443 : 80) : port}`
}

/** Fields of the answer, where the text names them. */
function fill(text: string, answer: string): string {
  if (!text.includes('{')) return text
  const fields = JSON.parse(answer) as Record<string, unknown>
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(fields[name])))
}
