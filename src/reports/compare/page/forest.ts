import type { Difference } from '../../../model/comparison.ts'
import { html, type Markup } from '../../html/markup.ts'
import { isWorse } from '../format-change.ts'

const WIDTH = 180
const MIDDLE = 9

/** An interval on a line from -reach to +reach, with a mark at nothing; arrows where it goes on. Nothing of shares. */
export function forestBar(one: Difference, reach: number): Markup | undefined {
  const { change, low, high, unit } = one
  if (unit === 'share' || change === null || low === null || high === null) return undefined
  const at = (value: number): number =>
    Math.round(((Math.min(reach, Math.max(-reach, value)) + reach) / (2 * reach)) * WIDTH * 10) / 10
  const isShown = one.verdict === 'higher' || one.verdict === 'lower'
  const kind = isShown ? (isWorse(one) ? 'bad' : 'good') : ''
  const end = (value: number, inwards: number): string =>
    Math.abs(value) > reach
      ? `M${at(value) + 4 * inwards} ${MIDDLE - 4}L${at(value)} ${MIDDLE}L${at(value) + 4 * inwards} ${MIDDLE + 4}`
      : `M${at(value)} ${MIDDLE - 4}V${MIDDLE + 4}`
  const span = `M${at(low)} ${MIDDLE}H${at(high)}${end(low, 1)}${end(high, -1)}`
  return html`<svg class="forest ${kind}" viewBox="-5 0 ${WIDTH + 10} 18" aria-hidden="true">
    <line class="zero" x1="${WIDTH / 2}" x2="${WIDTH / 2}" y1="0" y2="18" />
    <path d="${span}" />
    <circle cx="${at(change)}" cy="${MIDDLE}" r="3.5" />
  </svg>`
}

/** What stands above the bars. */
export function forestScale(reach: number): Markup {
  const end = `${Number((100 * reach).toPrecision(2))} %`
  return html`<span class="scale"><span>−${end}</span><span>0</span><span>+${end}</span></span>`
}
