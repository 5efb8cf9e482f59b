import { expect, test } from 'bun:test'
import { runDifferential } from './testing/differential'

/** `KOYALITE_CEL_CASES=100000 bun test packages/query/src/cel/differential.test.ts` runs more; `KOYALITE_CEL_SEED` runs the same again. */
const cases = Number(process.env.KOYALITE_CEL_CASES ?? 40_000)
const seed = Number(process.env.KOYALITE_CEL_SEED ?? Date.now() % 1_000_000_000)

test(
  `R1 SQL, JavaScript and the reference agree on random expressions (seed ${seed})`,
  async () => {
    const report = await runDifferential({ seed, cases })
    console.info(
      `seed ${seed}: ${report.cases} cases of ${report.expressions} expressions (${report.refused} refused), ${JSON.stringify(report.outcomes)}`,
    )
    expect(report.differences).toEqual([])
    // A test that compares nothing but errors, or refuses most texts, proves nothing.
    expect(report.cases).toBeGreaterThanOrEqual(cases)
    for (const share of Object.values(report.outcomes)) expect(share).toBeGreaterThan(report.cases * 0.1)
    expect(report.refused).toBeLessThan(report.expressions / 2)
  },
  { timeout: 600_000 },
)
