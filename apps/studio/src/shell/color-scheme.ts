export type ColorScheme = 'system' | 'light' | 'dark'

const COOKIE = 'koyalite_studio_scheme'
const YEAR_SECONDS = 31_536_000

/** A preference of this browser, applied before anything is shown. The studio keeps nothing in the browser's storage. */
export function colorScheme(): ColorScheme {
  const [, stored] = new RegExp(`(?:^|; )${COOKIE}=(light|dark)(?:;|$)`).exec(document.cookie) ?? []
  return stored === 'light' || stored === 'dark' ? stored : 'system'
}

export function setColorScheme(scheme: ColorScheme): void {
  const age = scheme === 'system' ? 0 : YEAR_SECONDS
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `${COOKIE}=${scheme}; Path=/_/; Max-Age=${age}; SameSite=Strict`
  applyScheme(scheme)
}

export function applyScheme(scheme: ColorScheme = colorScheme()): void {
  if (scheme === 'system') delete document.documentElement.dataset.scheme
  else document.documentElement.dataset.scheme = scheme
}
