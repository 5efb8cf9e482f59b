import { dirname, relative, resolve } from 'node:path'

export interface BuiltCode {
  readonly code: string
  /** Source map, as JSON. */
  readonly map: string
}

export interface FinishOptions {
  /** The project's folder. */
  readonly dir: string
  /** Where the map was written. */
  readonly work: string
  readonly sdk: string
}

/**
 * One file: the code with its map in it. Stacks then name the files of the project as `/functions/pay.ts:3:5`, wherever the code runs; what the files say is not
 * in the map, but empty texts are: without any, Bun does not use it.
 */
export function finishCode({ code, map }: BuiltCode, { dir, work, sdk }: FinishOptions): string {
  const { sources, mappings, names } = JSON.parse(map) as {
    readonly sources: readonly string[]
    readonly mappings: string
    readonly names: readonly string[]
  }
  const finished = JSON.stringify({
    version: 3,
    sources: sources.map((source) => shownPath(resolve(work, source), { dir, sdk })),
    sourcesContent: sources.map(() => ''),
    mappings,
    names,
  })
  const encoded = Buffer.from(finished).toString('base64')
  return `${code.replace(/\n+\/\/# debugId=.*\s*$/, '\n')}//# sourceMappingURL=data:application/json;base64,${encoded}\n`
}

function shownPath(path: string, { dir, sdk }: Pick<FinishOptions, 'dir' | 'sdk'>): string {
  const fromSdk = relative(dirname(sdk), path)
  if (!fromSdk.startsWith('..')) return `/node_modules/@koyalite/functions/${fromSdk}`
  return `/${relative(dir, path)}`.replaceAll('\\', '/')
}
