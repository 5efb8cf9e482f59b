import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

interface FakePackage {
  readonly name: string
  readonly version: string
  readonly manifest?: Readonly<Record<string, unknown>>
  readonly files: Readonly<Record<string, string>>
  /** How its files are named in the archive. By default as registries have them. */
  readonly rename?: string
}

/** A registry of npm with a few packages. */
export function startRegistry(packages: readonly FakePackage[]) {
  const asked: string[] = []
  const archives = new Map(packages.map((one) => [`/${one.name}/-/${one.name}-${one.version}.tgz`, archiveOf(one)]))
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { pathname, origin } = new URL(request.url)
      asked.push(pathname)
      const archive = archives.get(pathname)
      if (archive !== undefined) return new Response(archive)
      const found = packages.filter(({ name }) => `/${name}` === pathname)
      const last = found.at(-1)
      if (last === undefined) return new Response('{}', { status: 404 })
      const versions = Object.fromEntries(
        found.map((one) => {
          const tarball = `/${one.name}/-/${one.name}-${one.version}.tgz`
          const integrity = `sha512-${new Bun.CryptoHasher('sha512').update(archives.get(tarball) ?? '').digest('base64')}`
          return [one.version, { ...manifestOf(one), dist: { tarball: origin + tarball, integrity } }]
        }),
      )
      return Response.json({ name: last.name, 'dist-tags': { latest: last.version }, versions })
    },
  })
  return { url: `http://127.0.0.1:${server.port}/`, asked, stop: () => server.stop(true) }
}

function manifestOf({ name, version, manifest }: FakePackage): object {
  return { name, version, main: 'index.js', ...manifest }
}

function archiveOf(one: FakePackage): Buffer<ArrayBuffer> {
  const folder = mkdtempSync(join(tmpdir(), 'koyalite-package-'))
  try {
    const files = { 'package.json': JSON.stringify(manifestOf(one)), ...one.files }
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, 'package', name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    }
    const renamed = one.rename === undefined ? [] : [`--transform=${one.rename}`]
    Bun.spawnSync(['tar', '-czPf', join(folder, 'package.tgz'), ...renamed, '-C', folder, 'package'])
    return readFileSync(join(folder, 'package.tgz'))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
