import { parseSetCookie, stringifyCookie } from 'cookie'

/** Who a request is handed to: an application in this process, or the network. */
export type Fetch = (request: Request) => Promise<Response>

/** As much of a browser as signing in takes: it keeps cookies by host, follows redirects, and submits forms. */
export interface TestBrowser {
  /** Goes to an address and follows where it is sent; ends at the first response that is not a redirect. */
  open(url: string): Promise<Page>
  /** Submits the first form of a page with these values besides those in it. */
  submit(page: Page, values: Readonly<Record<string, string>>): Promise<Page>
  /** What a script of a page sends to its own server: JSON, with the cookies. */
  post(url: string, json: unknown): Promise<Page>
  cookie(host: string, name: string): string | undefined
}

export interface Page {
  readonly url: URL
  readonly status: number
  readonly text: string
}

const MAX_REDIRECTS = 20
const UNENCODED = { encode: (value: string) => value, decode: (value: string) => value }

/** @param hosts applications by host; all other hosts are asked over the network */
export function createBrowser(hosts: Readonly<Record<string, Fetch>>): TestBrowser {
  const jar = new Map<string, Map<string, string>>()

  async function request(url: URL, init: RequestInit): Promise<Response> {
    const cookies = jar.get(url.host) ?? new Map<string, string>()
    jar.set(url.host, cookies)
    const headers = new Headers(init.headers)
    if (cookies.size > 0) headers.set('cookie', stringifyCookie(Object.fromEntries(cookies), UNENCODED))
    const made = new Request(url.href, { ...init, headers, redirect: 'manual' })
    const response = await (hosts[url.host] ?? ((one: Request) => fetch(one)))(made)
    for (const cookie of response.headers.getSetCookie()) {
      const { name, value, maxAge } = parseSetCookie(cookie, UNENCODED)
      if (maxAge === 0 || !value) cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }

  async function follow(url: URL, init: RequestInit): Promise<Page> {
    let response = await request(url, init)
    let at = url
    for (let i = 0; i < MAX_REDIRECTS && response.status >= 300 && response.status < 400; i++) {
      at = new URL(response.headers.get('location') ?? '', at)
      response = await request(at, { method: 'GET' })
    }
    return { url: at, status: response.status, text: await response.text() }
  }

  return {
    open: (url) => follow(new URL(url), { method: 'GET' }),
    async submit(page, values) {
      const form = /<form[^>]*action="([^"]+)"[^>]*>([\s\S]*?)<\/form>/.exec(page.text)
      if (!form) throw new Error(`no form at ${page.url}: ${page.text.slice(0, 500)}`)
      const body = new URLSearchParams(values)
      for (const [, name = '', value = ''] of (form[2] ?? '').matchAll(
        /<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g,
      )) {
        body.set(name, value)
      }
      return follow(new URL(form[1] ?? '', page.url), { method: 'POST', body })
    },
    post(url, json) {
      const headers = { 'content-type': 'application/json' }
      return follow(new URL(url), { method: 'POST', headers, body: JSON.stringify(json) })
    },
    cookie: (host, name) => jar.get(host)?.get(name),
  }
}
