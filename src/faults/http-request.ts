const LIMIT_MILLIS = 10_000
const LONGEST_ANSWER = 1_000_000

export interface HttpRequest {
  readonly method: string
  readonly url: string
  readonly body: string | null
  /** Status codes besides 2xx that are as good. */
  readonly accept?: readonly number[]
}

/** Sends it, and resolves with the text of the answer; rejects when it is no success. Follows no redirection. */
export async function sendHttp({ method, url, body, accept = [] }: HttpRequest): Promise<string> {
  const answer = await fetch(url, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(LIMIT_MILLIS),
    ...(body === null ? {} : { body, headers: { 'content-type': 'application/json' } }),
  }).catch((error: unknown) => {
    throw new Error(`${method} ${url}: ${reasonOf(error)}`)
  })
  const text = (await answer.text()).slice(0, LONGEST_ANSWER)
  if (answer.ok || accept.includes(answer.status)) return text
  throw new Error(`${method} ${url}: status ${answer.status}`)
}

/** `fetch` hides the reason below its own error. */
function reasonOf(error: unknown): string {
  const { cause, message } = error as Error & { readonly cause?: { readonly code?: string } }
  return cause?.code ?? message
}
