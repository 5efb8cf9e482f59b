import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file that an index has: a wheel with these files, or a source package that nobody can build. */
export interface IndexedPackage {
  readonly name: string
  readonly version: string
  readonly kind?: 'wheel' | 'source'
  /** Of its name: where it can be installed. @default `py3-none-any` */
  readonly tags?: string
  readonly files?: Readonly<Record<string, string>>
  readonly requires?: readonly string[]
}

const MAKE = `import json, sys, zipfile
one = json.loads(sys.argv[1])
info = f"{one['name']}-{one['version']}.dist-info"
meta = f"Metadata-Version: 2.1\\nName: {one['name']}\\nVersion: {one['version']}\\n"
meta += "".join(f"Requires-Dist: {line}\\n" for line in one.get("requires", []))
files = {**one.get("files", {}), f"{info}/METADATA": meta,
         f"{info}/WHEEL": "Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"}
files[f"{info}/RECORD"] = "".join(f"{name},,\\n" for name in [*files, f"{info}/RECORD"])
with zipfile.ZipFile(sys.argv[2], "w") as wheel:
    for name, text in files.items():
        wheel.writestr(name, text)
`

/** An index of Python packages on a port of this machine. */
export function startPackageIndex(packages: readonly IndexedPackage[], python: string) {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-index-'))
  const files = new Map<string, Uint8Array>()
  const indexed = (one: IndexedPackage) => {
    const isSource = one.kind === 'source'
    const file = isSource
      ? `${one.name}-${one.version}.tar.gz`
      : `${one.name}-${one.version}-${one.tags ?? 'py3-none-any'}.whl`
    if (isSource) return void files.set(file, Buffer.from('nothing that can be built'))
    const path = join(folder, file)
    const { success, stderr } = Bun.spawnSync([python, '-I', '-c', MAKE, JSON.stringify(one), path])
    if (!success) throw new Error(stderr.toString())
    files.set(file, readFileSync(path))
  }
  packages.forEach(indexed)
  const asked: string[] = []
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { pathname } = new URL(request.url)
      asked.push(pathname)
      const [, part, name = ''] = pathname.split('/')
      if (part === 'files') return new Response(Uint8Array.from(files.get(decodeURIComponent(name)) ?? []))
      const links = [...files].flatMap(([file, bytes]) => {
        if (file.split('-')[0] !== name) return []
        const hash = new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
        return [`<a href="/files/${file}#sha256=${hash}">${file}</a>`]
      })
      if (links.length === 0) return new Response('no such package', { status: 404 })
      return new Response(`<!DOCTYPE html><html><body>${links.join('\n')}</body></html>`, {
        headers: { 'content-type': 'text/html' },
      })
    },
  })
  return {
    port: server.port as number,
    asked,
    /** Another file in the place of one of this name. */
    replace: indexed,
    async stop() {
      await server.stop(true)
      rmSync(folder, { recursive: true })
    },
  }
}
