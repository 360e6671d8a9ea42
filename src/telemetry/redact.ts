const URL_PASSWORD = /((?:rediss?|unix|https?):\/\/[^\s:/@"]*):[^\s@/"]+@/g
const HIDDEN = '***'

/**
 * A function that hides secrets in a text: each known secret wherever it stands (as it is, as JSON spells it, and as a
 * URL spells it), and the password of any URL.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const spellings = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])
  const known = [...new Set(spellings)].toSorted((a, b) => b.length - a.length)
  return (text) => {
    const withoutKnown = known.reduce((hidden, secret) => hidden.replaceAll(secret, HIDDEN), text)
    return withoutKnown.replace(URL_PASSWORD, `$1:${HIDDEN}@`)
  }
}
