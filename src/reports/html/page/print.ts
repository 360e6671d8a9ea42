import { applyTheme } from './theme.ts'

/** On paper everything is light and as wide as a sheet. */
export function followPrint(redraw: () => void): void {
  const { classList } = document.documentElement
  const apply = (isPrinting: boolean): void => {
    classList.toggle('printing', isPrinting)
    applyTheme()
    redraw()
  }
  addEventListener('beforeprint', () => apply(true))
  addEventListener('afterprint', () => apply(false))
  const media = matchMedia('print')
  media.addEventListener('change', () => apply(media.matches))
}
