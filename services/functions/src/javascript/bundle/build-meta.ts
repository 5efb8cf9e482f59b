import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** What the bundler says of a build, by the path of each file from where it ran. */
const META = z.object({
  inputs: z.record(
    z.string(),
    z.object({
      bytes: z.number(),
      imports: z.array(
        z.object({ path: z.string(), original: z.string().optional(), external: z.boolean().optional() }),
      ),
    }),
  ),
  outputs: z.record(
    z.string(),
    z.object({ bytes: z.number(), inputs: z.record(z.string(), z.object({ bytesInOutput: z.number() })).optional() }),
  ),
})

export type BuildMeta = z.output<typeof META>

export function readBuildMeta(file: string): BuildMeta {
  return META.parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** The packages that take most of a bundle, the largest first. */
export function largestPackages({ outputs }: BuildMeta, count: number): readonly string[] {
  const sizes = new Map<string, number>()
  for (const { inputs = {} } of Object.values(outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path
      sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput)
    }
  }
  return [...sizes]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([name, bytes]) => `${name} (${megabytes(bytes)})`)
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
