import { studioPath } from '../kit/studio-path'

const YEAR_SECONDS = 31_536_000

/** What this browser shows before anything is read from the server: kept in a cookie of the studio's path. No credential, nothing of the data. */
export function browserChoice(name: string): string | null {
  const [, stored] = new RegExp(`(?:^|; )koyalite_studio_${name}=([a-z0-9]+)(?:;|$)`).exec(document.cookie) ?? []
  return stored ?? null
}

/** @param value letters and digits; null: nothing is chosen */
export function chooseInBrowser(name: string, value: string | null): void {
  const age = value === null ? 0 : YEAR_SECONDS
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not in every browser
  document.cookie = `koyalite_studio_${name}=${value ?? ''}; Path=${studioPath()}/; Max-Age=${age}; SameSite=Strict`
}
