/** A proxy of Go modules that has one of them, which has one file. */
export interface ModuleProxy {
  readonly port: number
  /** The lines of go.sum for it. */
  readonly sums: string
  /** Paths that were asked for. */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

export interface ServedModule {
  readonly path: string
  readonly version: string
  readonly file: string
  readonly text: string
}

export function startModuleProxy({ path, version, file, text }: ServedModule): ModuleProxy {
  const mod = `module ${path}\n\ngo 1.24\n`
  const files = [
    [`${path}@${version}/${file}`, text],
    [`${path}@${version}/go.mod`, mod],
  ] as const
  const asked: string[] = []
  const answers: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {
    [`/${path}/@v/${version}.info`]: JSON.stringify({ Version: version }),
    [`/${path}/@v/${version}.mod`]: mod,
    [`/${path}/@v/${version}.zip`]: storedZip(files),
  }
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    fetch(request) {
      const { pathname } = new URL(request.url)
      asked.push(pathname)
      const answer = answers[pathname]
      return answer === undefined ? new Response(null, { status: 404 }) : new Response(answer)
    },
  })
  return {
    port: server.port as number,
    sums: `${path} ${version} ${sumOf(files)}\n${path} ${version}/go.mod ${sumOf([['go.mod', mod]])}\n`,
    asked,
    stop: () => server.stop(true),
  }
}

type NamedText = readonly [name: string, text: string]

/** As in go.sum: the sum of the list of sums. */
function sumOf(files: readonly NamedText[]): string {
  const lines = [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${new Bun.CryptoHasher('sha256').update(text).digest('hex')}  ${name}\n`)
  return `h1:${new Bun.CryptoHasher('sha256').update(lines.join('')).digest('base64')}`
}

/** A ZIP archive whose files are not compressed. */
function storedZip(files: readonly NamedText[]): Uint8Array<ArrayBuffer> {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of files) {
    const [nameBytes, content] = [Buffer.from(name), Buffer.from(text)]
    // Version, flags, method, time and date, sum, sizes, length of the name.
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(Bun.hash.crc32(content), 10)
    common.writeUInt32LE(content.length, 14)
    common.writeUInt32LE(content.length, 18)
    common.writeUInt16LE(nameBytes.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, nameBytes, content])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, place, nameBytes)
    parts.push(local)
    offset += local.length
  }
  const listing = Buffer.concat(directory)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(files.length, 8)
  end.writeUInt16LE(files.length, 10)
  end.writeUInt32LE(listing.length, 12)
  end.writeUInt32LE(offset, 16)
  return new Uint8Array(Buffer.concat([...parts, listing, end]))
}
