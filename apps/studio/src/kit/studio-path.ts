/** Where Vite's own server has the studio: there nobody fills in the page. */
const DEFAULT_PATH = '/_'

/** Where the server has the studio (`studio.path`), without a slash at the end: it writes it into the page. */
export function studioPath(): string {
  return import.meta.env.DEV ? DEFAULT_PATH : (document.documentElement.dataset.path ?? DEFAULT_PATH)
}

/** The address that a browser shows for one within the studio: `/data/posts` is at `/_/data/posts`. */
export function studioAddress(path: string): string {
  return `${studioPath()}${path}`
}
