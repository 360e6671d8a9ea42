import { forgetColours } from './colours.ts'

const STORED_AS = 'redis-test-theme'
const prefersDark = matchMedia('(prefers-color-scheme: dark)')
const printed = matchMedia('print')

/** What the reader has chosen; otherwise what the system says. */
let chosen: string | null = stored()

function stored(): string | null {
  try {
    return localStorage.getItem(STORED_AS)
  } catch {
    return null // Browsers may keep nothing for files.
  }
}

function keep(theme: string): void {
  try {
    localStorage.setItem(STORED_AS, theme)
  } catch {
    // Then it holds until the page is closed.
  }
}

function themeNow(): 'light' | 'dark' {
  if (printed.matches || isPrinting()) return 'light'
  return (chosen ?? (prefersDark.matches ? 'dark' : 'light')) === 'dark' ? 'dark' : 'light'
}

function isPrinting(): boolean {
  return document.documentElement.classList.contains('printing')
}

/** Before anything is drawn, and whenever it may have changed. */
export function applyTheme(): void {
  document.documentElement.dataset['theme'] = themeNow()
  forgetColours()
}

/** The switch, and what the system says; `onChange` when the colours are others. */
export function followTheme(onChange: () => void): void {
  const button = document.querySelector('#theme')
  const tell = (): void => button?.setAttribute('aria-pressed', String(themeNow() === 'dark'))
  const apply = (): void => {
    applyTheme()
    tell()
    onChange()
  }
  tell()
  button?.addEventListener('click', () => {
    chosen = themeNow() === 'dark' ? 'light' : 'dark'
    keep(chosen)
    apply()
  })
  prefersDark.addEventListener('change', apply)
}
