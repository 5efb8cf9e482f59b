import { browserChoice, chooseInBrowser } from './browser-choice'

export type ColorScheme = 'system' | 'light' | 'dark'

/** A preference of this browser, applied before anything is shown. The studio keeps nothing in the browser's storage. */
export function colorScheme(): ColorScheme {
  const stored = browserChoice('scheme')
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

export function setColorScheme(scheme: ColorScheme): void {
  chooseInBrowser('scheme', scheme === 'system' ? null : scheme)
  applyScheme(scheme)
}

export function applyScheme(scheme: ColorScheme = colorScheme()): void {
  if (scheme === 'system') delete document.documentElement.dataset.scheme
  else document.documentElement.dataset.scheme = scheme
}
