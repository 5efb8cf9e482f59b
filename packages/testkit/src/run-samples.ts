import { expect, test } from 'bun:test'
import { givenValues } from './given-values'
import { runKoyalite } from './koyalite-command'
import { parseCurl, readSamples, type Sample, withoutEllipses } from './readme-samples'

/** What the samples of a README run against. Functions, because a server starts after its tests are declared. */
export interface SampleTarget {
  readonly url: () => string
  /** The folder of the project that commands are about. */
  readonly dir: () => string
  /** A service key, for `kl_…`. */
  readonly key: () => string
  /** Words of a command that stand for the folder: `--dir examples/blog`. Without one, `--dir` is added. */
  readonly folder?: string
}

/**
 * Declares a test for each sample of Markdown files. They run in order: later steps use what earlier ones returned.
 * @returns how many there are
 */
export function testSamples(paths: readonly string[], target: SampleTarget): number {
  const samples = paths.flatMap(readSamples)
  const take = sampleRunner(target)
  test.each(samples.map((sample) => [sample.command, sample] as const))('%s', (_command, sample) => take(sample))
  return samples.length
}

/** Runs samples one after the other: later ones use what earlier ones returned. */
export function sampleRunner(target: SampleTarget): (sample: Sample) => Promise<void> {
  const variables = new Map<string, string>()
  const cookies = new Map<string, string>()
  const given = givenValues(target.url)
  let last: unknown
  return async (sample) => {
    switch (sample.kind) {
      case 'keep': {
        const kept = sample.path.split('.').reduce((value, part) => (value as Record<string, unknown>)[part], last)
        expect(kept).toBeString()
        variables.set(sample.name, String(kept))
        return
      }
      case 'given':
        variables.set(sample.name, await given.find(sample.source))
        return
      case 'koyalite': {
        const args =
          target.folder === undefined
            ? [...sample.args, '--dir', target.dir()]
            : sample.args.map((word) => (word === target.folder ? target.dir() : word))
        expect(await runKoyalite(args, { stdin: sample.stdin })).toMatchObject({ code: 0 })
        return
      }
      case 'request': {
        const curl = parseCurl(sample.command.replace('kl_…', target.key()), variables)
        const cookie = Array.from(cookies, (pair) => pair.join('=')).join('; ')
        const response = await fetch(`${target.url()}${curl.path}`, {
          method: curl.method,
          headers: { ...curl.headers, ...(curl.sendsCookies ? { cookie } : {}) },
          ...(curl.body === undefined ? {} : { body: curl.body }),
        })
        if (curl.storesCookies) for (const one of response.headers.getSetCookie()) store(cookies, one)
        const text = await response.text()
        last = text === '' ? null : JSON.parse(text)
        given.observe(last, response.headers)
        if (sample.response !== undefined) expect(withoutEllipses(sample.response, last)).toEqual(sample.response)
        else expect({ status: response.status, ok: response.ok, value: last }).toMatchObject({ ok: true })
      }
    }
  }
}

function store(cookies: Map<string, string>, header: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? []
  cookies.set(name, value)
}
