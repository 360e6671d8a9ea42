/** A text as a pattern of SCAN or PSUBSCRIBE that matches only itself. */
export function escapeGlob(text: string): string {
  return text.replaceAll(/[*?[\]\\]/g, '\\$&')
}
