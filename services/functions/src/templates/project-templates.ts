import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  AppError,
  directionOf,
  type JsonValue,
  localeChain,
  type MailTemplates,
  type RenderedTemplate,
  type TemplateCall,
  TemplateError,
} from '@koyalite/contracts'
import type { Log, Outbound } from '@koyalite/kernel'
import { limitedText } from '../calls/instance-answer'
import type { Isolations } from '../isolation/choose-isolation'
import { tooWeak } from '../isolation/too-weak'
import { createBundler } from '../javascript/bundle/bundler'
import type { PackageStore } from '../javascript/packages/package-store'
import { FunctionPool } from '../pool/function-pool'
import { endText, Instance } from '../pool/instance'
import { hasRoom } from '../pool/room'
import { fingerprintFunctions } from '../source/discovery/fingerprint'
import type { Toolchain } from '../toolchain'
import type { LoadedProject } from '../versions/project-loader'
import { buildTemplates } from './build-templates'
import { EMAILS, emailFiles, type FoundTemplate, findMessages, findTemplates } from './find-templates'
import { messagesFor } from './template-messages'

/** What this machine renders with. */
export interface TemplateMachine {
  readonly isolations: Isolations
  /** The folder of the programs that the server carries. */
  readonly programs: string
  readonly packages: PackageStore
  /** Starts Bun. */
  readonly launch: Toolchain['launch']
  readonly bun: { readonly executable: string; readonly env: Readonly<Record<string, string>> }
}

export interface ProjectTemplatesOptions {
  /** The project's folder. */
  readonly dir: string
  /** Where bundles are stored. */
  readonly folder: string
  /** Found out when something is rendered. */
  machine(): Promise<TemplateMachine>
  project(): LoadedProject & { readonly settings: { readonly email: { readonly locale: string } } }
  /** All pools that there are: they share the memory of all instances. */
  readonly pools: Set<FunctionPool>
  readonly outbound: Outbound
  readonly log: Log
}

export interface ProjectTemplates extends MailTemplates {
  close(): Promise<void>
}

/** `functions.timeout`, where that is less. */
const MAX_TIMEOUT_MS = 10_000
const MEMORY = 256 * 1024 * 1024
/** Longer than an instance takes to start. */
const WAIT_MS = 40_000
const START_MS = 30_000
const MAX_AGE_MS = 3_600_000
/** Bundles that a process has loaded stay in its memory. */
const MAX_CALLS = 1_000
const GRACE_MS = 1_000
const NAME = 'emails'

/** The templates in emails/, rendered in a process that is confined as functions are. It is started for the first one, and ended when it is idle. */
export function createProjectTemplates(options: ProjectTemplatesOptions): ProjectTemplates {
  const { dir, folder, log } = options
  let opened: Promise<Renderer> | undefined
  const open = () => {
    opened ??= options.machine().then((machine) => openRenderer(options, machine))
    return opened
  }

  async function render(call: TemplateCall): Promise<RenderedTemplate> {
    const { locale: fallback } = options.project().settings.email
    const chain = localeChain(call.locale, fallback)
    const template = findTemplates(dir).find(({ name }) => name === call.name)
    if (template === undefined) throw new TemplateError(`${EMAILS}/${call.name}.tsx is gone`, { isFinal: true })
    const file = fileFor(template, chain)
    const texts = messagesFor(dir, chain)
    const known = new Set([...template.locales, ...findMessages(dir).keys()])
    const locale = chain.find((one) => known.has(one)) ?? chain.at(-1) ?? fallback
    const { build, pool } = await open()
    const entry = await build(file)
    const rendered = await ask(pool, file, {
      ...{ entry, locale, direction: directionOf(locale), chain: texts },
      props: call.props === 'preview' ? null : call.props,
    })
    return { ...rendered, locale }
  }

  /** @throws TemplateError */
  async function ask(pool: FunctionPool, file: string, body: object): Promise<Omit<RenderedTemplate, 'locale'>> {
    const taken = await pool.take(AbortSignal.timeout(WAIT_MS)).catch((error: unknown) => {
      throw notStarted(error)
    })
    const timeoutMs = Math.min(MAX_TIMEOUT_MS, options.project().settings.functions.timeout)
    const late = Promise.withResolvers<never>()
    const fails = (message: string) => late.reject(new TemplateError(`${file} ${message}`, { isFinal: true }))
    const timer = setTimeout(() => fails(`did not render within ${timeoutMs / 1000} s`), timeoutMs)
    void taken.lost.then((end) => fails(`was not rendered: ${endText(end)}`))
    late.promise.catch(() => {})
    let isDone = false
    try {
      const sent = taken.instance.send('/render', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'koyalite-call': callHeader(timeoutMs) },
        body: JSON.stringify(body),
      })
      const response = await Promise.race([sent.catch(() => late.promise), late.promise])
      const text = await Promise.race([limitedText(response).catch(() => late.promise), late.promise])
      isDone = true
      return rendered(file, response, text)
    } finally {
      clearTimeout(timer)
      taken.release({ isSpoiled: !isDone })
    }
  }

  return {
    list: () => findTemplates(dir),
    locales() {
      const files = findTemplates(dir).flatMap(({ locales }) => locales)
      return [...new Set([...files, ...findMessages(dir).keys()])].sort()
    },
    version: () => fingerprintFunctions(dir, emailFiles(dir)),
    render,
    async close() {
      if (opened === undefined) return
      const { pool, closeBuilds } = await opened
      closeBuilds()
      await pool.drain(GRACE_MS)
    },
  }

  function openRenderer(
    { pools, outbound, project }: ProjectTemplatesOptions,
    { isolations, programs, packages, launch, bun }: TemplateMachine,
  ): Renderer {
    mkdirSync(folder, { recursive: true })
    const shared: Readonly<Record<string, string>> = JSON.parse(
      readFileSync(join(programs, 'emails', 'imports.json'), 'utf8'),
    )
    const bundler = createBundler({
      ...{ dir, folder, sdk: join(programs, 'sdk.js'), bun, sourceFolders: ['functions', EMAILS] },
      imports: Object.fromEntries(
        Object.entries(shared).map(([name, file]) => [name, [join(programs, 'emails', file)]]),
      ),
      jsx: { jsx: 'react-jsx', jsxImportSource: 'react' },
    })
    const start = (): Instance => {
      const { strongest: isolation } = isolations
      const weak = tooWeak(isolations, isolation, project().settings.functions.min_isolation)
      if (weak !== null) throw new Error(`templates of emails ${weak}`)
      return new Instance({
        function: NAME,
        code: { entry: join(programs, 'emails', 'program.js'), readable: [folder] },
        ...{ toolchain: { launch }, isolation, env: {}, network: null, outbound },
        ...{ memory: MEMORY, cpu: 1, startTimeoutMs: START_MS, collections: {} },
        onRefused: (message) => log.warn({ template: true }, message),
        // It may write lines, and reaches nothing else of the server.
        ask: (request) => new Response(null, { status: request.url.endsWith('/internal/v1/logs') ? 204 : 404 }),
        onOutput: ({ message }) => log.info({ output: message }, 'a template of an email wrote a line'),
      })
    }
    const pool: FunctionPool = new FunctionPool({
      ...{ function: NAME, start },
      hasRoom: () => hasRoom(pools, MEMORY, project().settings.functions.total_memory),
      onLost: (end) => log.warn({}, `the process that renders emails is gone: ${endText(end)}`),
      onClose: () => void pools.delete(pool),
      limits: {
        ...{ maxInstances: 1, minWarm: 0, concurrency: 1, idleMs: project().settings.functions.idle_timeout },
        ...{ maxAgeMs: MAX_AGE_MS, maxCalls: MAX_CALLS, memory: MEMORY },
      },
    })
    pools.add(pool)
    return { pool, build: buildTemplates({ dir, folder, bundler, packages }), closeBuilds: () => bundler.close() }
  }
}

interface Renderer {
  readonly pool: FunctionPool
  /** The bundle of a file of the project. */
  build(file: string): Promise<string>
  closeBuilds(): void
}

/** That of the nearest locale, else that without one. */
function fileFor({ files, file }: FoundTemplate, chain: readonly string[]): string {
  const locale = chain.find((one) => files.has(one))
  return (locale === undefined ? files.get(null) : files.get(locale)) ?? file
}

function callHeader(timeoutMs: number): string {
  const id = crypto.randomUUID()
  const facts = {
    ...{ execution: id, token: id, function: NAME, version: 1, auth: null },
    request: { id, ip: '127.0.0.1', headers: {}, url: 'http://koyalite/render' },
    ...{ deadline: Date.now() + timeoutMs, chain: { root: id, depth: 0 }, dev: false },
  }
  return Buffer.from(JSON.stringify(facts)).toString('base64url')
}

function rendered(file: string, response: Response, text: string): Omit<RenderedTemplate, 'locale'> {
  if (response.headers.has('koyalite-failure')) {
    const { message, stack } = JSON.parse(text) as { readonly message: string; readonly stack: string }
    throw new TemplateError(`${file}: ${message}`, { isFinal: true, trace: stack })
  }
  // The program has made it, but in the process that the template runs in.
  const { subject, html, text: plain, props, missing, untranslated } = JSON.parse(text) as Record<string, unknown>
  if (typeof subject !== 'string' || typeof html !== 'string' || typeof plain !== 'string')
    throw new TemplateError(`${file} did not render as an email`, { isFinal: true })
  const shown = (props ?? {}) as JsonValue
  return { subject, html, text: plain, props: shown, missing: textsOf(missing), untranslated: textsOf(untranslated) }
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

/** Of the machine, or of what other functions need of it at the moment. */
function notStarted(error: unknown): TemplateError {
  const cause = error instanceof AppError && error.cause instanceof Error ? error.cause : error
  const message = cause instanceof Error ? cause.message : String(cause)
  return new TemplateError(`what renders emails could not be started: ${message}`, { isFinal: false })
}
