import type { PageData } from '../chart-data.ts'

/** The data of the charts: JSON, compressed with gzip, as base64 in an element of the page. */
export async function unpack(): Promise<PageData> {
  const base64 = document.querySelector('#data')?.textContent ?? ''
  const bytes = Uint8Array.from(atob(base64.trim()), (character) => character.codePointAt(0) ?? 0)
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return JSON.parse(await new Response(stream).text()) as PageData
}
