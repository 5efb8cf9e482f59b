import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until'

/** A page in a browser without a window. */
export interface BrowserPage {
  /** The value of an expression in the page, as JSON; a promise is waited for. */
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of it
  evaluate(expression: string): Promise<any>
  /** Resolves when the expression is true. */
  until(expression: string): Promise<void>
  /** What the browser has refused because of the page's Content-Security-Policy. */
  refusals(): readonly string[]
  /** Stops the page, its timers and its messages, as browsers do with tabs that nobody looks at; or lets it go on. */
  freeze(isFrozen: boolean): Promise<void>
  /** A PNG of what the window shows. */
  screenshot(): Promise<Uint8Array>
  /** Another tab of the same browser: with the same cookies and storage. */
  openTab(url: string): Promise<BrowserPage>
  /** Ends the browser, with all of its tabs. */
  close(): Promise<void>
}

export interface PageOptions {
  readonly width?: number
  readonly height?: number
  readonly scheme?: 'light' | 'dark'
  /** With an authenticator that has passkeys and always agrees. */
  readonly authenticator?: boolean
}

const GONE = 'the browser is gone'

/** First the one without a window of its own to draw: it takes two thirds of the processor time. */
const NAMES = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The browser of this machine, if it has one that can be steered. */
export function findBrowser(): string | null {
  return NAMES.map((name) => Bun.which(name)).find((path) => path !== null) ?? null
}

/** Opens a page in a browser of its own, over the DevTools protocol. */
export async function openPage(browser: string, url: string, options: PageOptions = {}): Promise<BrowserPage> {
  const profile = mkdtempSync(join(tmpdir(), 'koyalite-browser-'))
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--remote-debugging-port=0']
  const child = Bun.spawn([browser, ...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdout: 'ignore',
    stderr: 'pipe',
  })
  let send: Send | undefined
  const close = async () => {
    // The command may be a script that waits for the browser, which would outlive it.
    if (send === undefined) child.kill('SIGKILL')
    else await send('Browser.close', {}).catch(goneAlready)
    await child.exited
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    const refused: string[] = []
    send = await connect(await addressOf(child.stderr), ({ method, params }) => {
      const text = method === 'Log.entryAdded' ? String(params.entry?.text) : ''
      if (/content security policy/i.test(text)) refused.push(text)
    })
    return await openTab({ send, refusals: () => refused, close, options }, url)
  } catch (error) {
    await close()
    throw error
  }
}

interface Browser extends Pick<BrowserPage, 'refusals' | 'close'> {
  readonly send: Send
  readonly options: PageOptions
}

async function openTab(browser: Browser, url: string): Promise<BrowserPage> {
  const { send, refusals, close, options } = browser
  const { width = 1280, height = 900, scheme = 'light', authenticator = false } = options
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' })
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true })
  const ask = (method: string, params: object) => send(method, params, sessionId as string)
  await ask('Log.enable', {})
  await ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false })
  await ask('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] })
  if (authenticator) {
    await ask('WebAuthn.enable', {})
    const kind = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true }
    await ask('WebAuthn.addVirtualAuthenticator', {
      options: { ...kind, isUserVerified: true, automaticPresenceSimulation: true },
    })
  }
  await ask('Page.navigate', { url })
  const evaluate: BrowserPage['evaluate'] = async (expression) => {
    const { result, exceptionDetails } = await ask('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })
    if (exceptionDetails !== undefined) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`)
    return (result as { value: unknown }).value
  }
  return {
    evaluate,
    async until(expression) {
      const isTrue = () => evaluate(expression).catch(falseWhileNavigating)
      await until(async () => (await isTrue()) === true, { what: expression })
    },
    refusals,
    async freeze(isFrozen) {
      await ask('Page.setWebLifecycleState', { state: isFrozen ? 'frozen' : 'active' })
    },
    screenshot: async () => Buffer.from((await ask('Page.captureScreenshot', {})).data as string, 'base64'),
    openTab: (address) => openTab(browser, address),
    close,
  }
}

/** It may end before it has answered. */
function goneAlready(error: Error): void {
  if (error.message !== GONE) throw error
}

/** A page that is being left has no answer; the next one will. */
function falseWhileNavigating(error: Error): false {
  if (/navigated or closed|context was destroyed|Cannot find context/.test(error.message)) return false
  throw error
}

type Send = (method: string, params: object, sessionId?: string) => Promise<Record<string, unknown>>

/** The browser says where it listens. */
async function addressOf(stderr: ReadableStream<Uint8Array>): Promise<string> {
  let text = ''
  const decoder = new TextDecoder()
  const found = Promise.withResolvers<string>()
  void (async () => {
    // It has to be read on, or the browser stands still when the pipe is full.
    for await (const chunk of stderr) {
      text += decoder.decode(chunk, { stream: true })
      const address = /DevTools listening on (ws:\S+)/.exec(text)?.[1]
      if (address !== undefined) found.resolve(address)
    }
    found.reject(new Error(`the browser did not start: ${text}`))
  })()
  return found.promise
}

interface BrowserEvent {
  readonly method: string
  readonly params: { readonly entry?: { readonly text: string } }
}

async function connect(address: string, onEvent: (event: BrowserEvent) => void): Promise<Send> {
  const socket = new WebSocket(address)
  const asked = new Map<number, PromiseWithResolvers<Record<string, unknown>>>()
  socket.onmessage = ({ data }) => {
    const { id, result, error, ...event } = JSON.parse(String(data))
    if (id === undefined) onEvent(event)
    else if (error) asked.get(id)?.reject(new Error(error.message))
    else asked.get(id)?.resolve(result)
    asked.delete(id)
  }
  socket.onclose = () => {
    for (const { reject } of asked.values()) reject(new Error(GONE))
  }
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error('the browser cannot be reached'))
  })
  let ids = 0
  return (method, params, sessionId) => {
    if (socket.readyState !== WebSocket.OPEN) return Promise.reject(new Error(GONE))
    const response = Promise.withResolvers<Record<string, unknown>>()
    asked.set(++ids, response)
    socket.send(JSON.stringify({ id: ids, method, params, ...(sessionId === undefined ? {} : { sessionId }) }))
    return response.promise
  }
}
