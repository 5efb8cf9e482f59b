import { describe, expect, test } from 'bun:test'
import { join } from 'node:path'
import { PYTHON } from './testing/use-python'

const PACKAGE = join(import.meta.dir, '..')
const CASES = join(PACKAGE, '../functions/src/testing/webhook-cases.json')
const RUN = `import json, sys
sys.path.insert(0, ${JSON.stringify(PACKAGE)})
from koyalite_functions import verify_webhook
with open(${JSON.stringify(CASES)}, encoding="utf-8") as file:
    cases = json.load(file)
for one in cases["cases"]:
    got = verify_webhook(one["body"].encode(), one["headers"], one["secret"], now=cases["now"])
    if got is not one["expected"]:
        print(one["name"], got)
for odd in (None, 5, {}, [None], "\\ud800"):
    for args in ((odd, {}, "whsec_a2V5"), (b"", odd, "whsec_a2V5"), (b"", cases["cases"][0]["headers"], odd)):
        if verify_webhook(*args, now=cases["now"]) is not False:
            print(args)
print(len(cases["cases"]))
`

describe.skipIf(PYTHON === null)('verify_webhook', () => {
  test('says the same as in other languages, and never raises', () => {
    const { stdout, stderr } = Bun.spawnSync([PYTHON ?? '', '-X', 'utf8', '-c', RUN])
    expect(stderr.toString()).toBe('')
    expect(Number(stdout.toString())).toBeGreaterThan(40)
  })
})
