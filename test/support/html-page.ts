import { gunzipSync } from 'node:zlib'
import type { PageData } from '../../src/reports/html/chart-data.ts'

/** What the charts of a page draw. */
export function dataOf(page: string): PageData {
  const [, packed] = /<script type="application\/octet-stream" id="data">\s*([\w+/=]+)\s*<\/script>/.exec(
    page,
  )!
  return JSON.parse(gunzipSync(Buffer.from(packed!, 'base64')).toString()) as PageData
}

/** Everything between `<` and `>`, scripts and styles left out. */
export function tagsOf(page: string): string[] {
  return page.replaceAll(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '').match(/<[^>]*>/g) ?? []
}
