import { afterAll, describe, expect, test } from 'bun:test'
import { CelError } from './syntax/cel-error'
import { parseCel } from './syntax/parse-cel'
import { startCelGo } from './testing/cel-go'
import { runCelGoDifferential } from './testing/cel-go-differential'
import { RandomSource } from './testing/random-source'
import { randomText } from './testing/random-text'
import { syntaxText } from './testing/syntax-text'

/**
 * `KOYALITE_CEL_GO_RULES=200000 bun test --timeout=7200000 packages/query/src/cel/cel-go.test.ts` is the whole comparison; `KOYALITE_CEL_SEED` runs the same again. It
 * needs Go, and modules that `go build` can fetch or has: elsewhere it is skipped, and says why.
 */
const rules = Number(process.env.KOYALITE_CEL_GO_RULES ?? 300)
const seed = Number(process.env.KOYALITE_CEL_SEED ?? Date.now() % 1_000_000_000)

const started = await startCelGo()
const go = typeof started === 'string' ? null : started
afterAll(() => go?.close())

describe.skipIf(go === null)(`beside cel-go${typeof started === 'string' ? ` (skipped: ${started})` : ''}`, () => {
  test(
    `R20 nothing opens that cel-go closes, and nothing else differs but what is said (seed ${seed})`,
    async () => {
      if (go === null) return
      const report = await runCelGoDifferential(go, { seed, rules })
      console.info(`seed ${seed}: ${JSON.stringify({ ...report, differences: report.differences.length })}`)
      expect(report.differences).toEqual([])
      expect(report.rules).toBeGreaterThanOrEqual(rules)
      for (const outcome of ['true', 'false', 'error']) expect(report.outcomes[outcome]).toBeGreaterThan(rules / 2)
      expect(report.skipped + report.refused).toBeLessThan(report.rules / 4)
    },
    { timeout: 7_200_000 },
  )

  test(
    `R20 texts have the trees that cel-go reads in them (seed ${seed})`,
    async () => {
      if (go === null) return
      const random = new RandomSource(seed)
      const texts = Array.from({ length: rules * 10 }, () => randomText(random))
      const trees = await go.ask(texts.map((text) => ({ parse: text })))
      const differences = texts.flatMap((text, index) => {
        const [ours, right] = [treeOf(text), trees[index]]
        // Messages, and names from the root, are not part of this language.
        const isLeftOut = ours === null && /\(kind 8\)|(?:^|[ (])\./.test(String(right).replaceAll('(. ', ''))
        // Nor are parameters of a where part of CEL.
        const isParameter = right === null && /\$\d/.test(text)
        return ours === right || isLeftOut || isParameter ? [] : [{ text, ours, right }]
      })
      expect(differences.slice(0, 10)).toEqual([])
      expect(trees.filter((tree) => tree !== null).length).toBeGreaterThan(texts.length / 5)
    },
    { timeout: 600_000 },
  )
})

function treeOf(text: string): string | null {
  try {
    return syntaxText(parseCel(text).root)
  } catch (error) {
    if (error instanceof CelError) return null
    throw error
  }
}
