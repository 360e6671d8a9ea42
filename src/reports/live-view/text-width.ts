/** What takes two cells of a terminal: East Asian wide and full-width characters, and most emoji. */
const WIDE: readonly (readonly [from: number, to: number])[] = [
  [0x11_00, 0x11_5f],
  [0x23_1a, 0x23_1b],
  [0x23_e9, 0x23_ec],
  [0x23_f0, 0x23_f0],
  [0x23_f3, 0x23_f3],
  [0x25_fd, 0x25_fe],
  [0x26_14, 0x26_15],
  [0x26_48, 0x26_53],
  [0x26_7f, 0x26_7f],
  [0x26_93, 0x26_93],
  [0x26_a1, 0x26_a1],
  [0x26_aa, 0x26_ab],
  [0x26_bd, 0x26_be],
  [0x26_c4, 0x26_c5],
  [0x26_ce, 0x26_ce],
  [0x26_d4, 0x26_d4],
  [0x26_ea, 0x26_ea],
  [0x26_f2, 0x26_f3],
  [0x26_f5, 0x26_f5],
  [0x26_fa, 0x26_fa],
  [0x26_fd, 0x26_fd],
  [0x27_05, 0x27_05],
  [0x27_0a, 0x27_0b],
  [0x27_28, 0x27_28],
  [0x27_4c, 0x27_4c],
  [0x27_4e, 0x27_4e],
  [0x27_53, 0x27_55],
  [0x27_57, 0x27_57],
  [0x27_95, 0x27_97],
  [0x27_b0, 0x27_b0],
  [0x2b_1b, 0x2b_1c],
  [0x2b_50, 0x2b_50],
  [0x2b_55, 0x2b_55],
  [0x2e_80, 0x30_3e],
  [0x30_41, 0xa4_cf],
  [0xa9_60, 0xa9_7c],
  [0xac_00, 0xd7_a3],
  [0xf9_00, 0xfa_ff],
  [0xfe_30, 0xfe_6f],
  [0xff_00, 0xff_60],
  [0xff_e0, 0xff_e6],
  [0x1_f0_04, 0x1_f0_04],
  [0x1_f1_8e, 0x1_f2_ff],
  [0x1_f3_00, 0x1_f6_4f],
  [0x1_f6_80, 0x1_f6_ff],
  [0x1_f7_e0, 0x1_f7_eb],
  [0x1_f9_00, 0x1_fa_ff],
  [0x2_00_00, 0x3_ff_fd],
]

// oxlint-disable-next-line no-control-regex -- what others write is shown on a terminal
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g
// oxlint-disable-next-line no-control-regex -- colours of a log that is pretty
const ESCAPES = /\u001b(?:\[[\d;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/g
/** What is shown nearly always, charts included: one cell for each. */
const PLAIN = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2500-\u259f\u2713\u2717]*$/
const EMOJI_STYLE = '\ufe0f'
const MARK = /^\p{Mark}$/u

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** A text in one line that no terminal carries out: without colours, tabs as a space. */
export function plainText(text: string): string {
  return text.replaceAll(ESCAPES, '').replaceAll('\t', ' ').replaceAll(CONTROL, '\ufffd')
}

/** Cells that a text takes. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += widthOfGrapheme(segment)
  return width
}

/** As much of a text as fits, with an ellipsis when something is missing. */
export function fitText(text: string, width: number, ellipsis = '…'): string {
  if (widthOf(text) <= width) return text
  const room = width - widthOf(ellipsis)
  if (room < 0) return ''
  if (PLAIN.test(text)) return text.slice(0, room) + ellipsis
  let kept = ''
  let used = 0
  for (const { segment } of graphemes.segment(text)) {
    used += widthOfGrapheme(segment)
    if (used > room) break
    kept += segment
  }
  return kept + ellipsis
}

function widthOfGrapheme(grapheme: string): number {
  const code = grapheme.codePointAt(0) ?? 0
  if (MARK.test(grapheme) || (code >= 0x20_0b && code <= 0x20_0d)) return 0
  if (grapheme.includes(EMOJI_STYLE)) return 2
  return WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1
}
