// `npm run studio`: builds apps/studio, if its sources have changed, into one file that the server reads and executables carry.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'

const ROOT = resolve(import.meta.dir, '..')
const APP = join(ROOT, 'apps/studio')
const BUILT = join(APP, 'dist')
const PACK = join(BUILT, 'studio.pack')
/** Whatever it is made of. */
const SOURCES = [
  APP,
  ...['client', 'contracts', 'schema'].map((name) => join(ROOT, 'packages', name, 'src')),
  join(ROOT, 'bun.lock'),
]

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
  woff2: 'font/woff2',
}

if (process.argv.includes('--force') || isOutOfDate()) await build()

function isOutOfDate(): boolean {
  const built = statSync(PACK, { throwIfNoEntry: false })?.mtimeMs ?? 0
  return SOURCES.flatMap(filesIn).some((path) => statSync(path).mtimeMs > built)
}

function filesIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules' && name !== 'dist')
    .flatMap((entry) => filesIn(join(path, entry.name)))
}

async function build(): Promise<void> {
  const started = performance.now()
  const vite = join(APP, 'node_modules/vite/bin/vite.js')
  const child = Bun.spawn([process.execPath, '--bun', vite, 'build', '--logLevel', 'warn'], {
    cwd: APP,
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [code, printed, errors] = await Promise.all([child.exited, child.stdout.text(), child.stderr.text()])
  if (code !== 0) throw new Error(`the studio could not be built:\n${printed}${errors}`)
  const files = filesIn(BUILT).filter((path) => path !== PACK)
  const contents = files.map((path) => packed(path))
  const list = contents.map(({ bytes, ...file }) => ({ ...file, length: bytes.length }))
  mkdirSync(BUILT, { recursive: true })
  writeFileSync(PACK, Buffer.concat([Buffer.from(`${JSON.stringify(list)}\n`), ...contents.map(({ bytes }) => bytes)]))
  const size = Math.round(statSync(PACK).size / 1000)
  console.error(`Built the studio: ${size} KB (${((performance.now() - started) / 1000).toFixed(1)} s)`)
}

function packed(path: string) {
  const content = readFileSync(path)
  const mediaType = MEDIA_TYPES[path.slice(path.lastIndexOf('.') + 1)]
  if (mediaType === undefined) throw new Error(`what is the media type of ${relative(ROOT, path)}?`)
  const compressed = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
  const isCompressed = compressed.length < content.length
  return { path: relative(BUILT, path), mediaType, isCompressed, bytes: isCompressed ? compressed : content }
}
