import { expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { apiReport, apiReportFile } from './api-report'
import { CLIENT_PACKAGES, ROOT } from './client-packages'

// It runs the compiler.
setDefaultTimeout(60_000)

test.each([...CLIENT_PACKAGES])(
  'what %s offers is as its report says: after a change, `npm run client` writes it',
  async (name) => {
    const reported = await Bun.file(join(ROOT, apiReportFile(name))).text()
    expect(await apiReport(name)).toBe(reported)
  },
)
