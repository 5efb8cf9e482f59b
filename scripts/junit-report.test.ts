import { expect, test } from 'bun:test'
import { closingLine, readJunitReport, repeated } from './junit-report'

const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="bun test" tests="6" assertions="2" failures="1" skipped="2" time="0.01">
  <testsuite name="a.test.ts" file="a.test.ts" tests="5" assertions="1" failures="1" skipped="2" time="1.25" hostname="vm">
    <testcase name="good" classname="" time="0.1" file="a.test.ts" line="1" assertions="1" />
    <testcase name="s &amp; one" classname="" time="0" file="a.test.ts" line="2" assertions="0">
      <skipped />
    </testcase>
    <testsuite name="d" file="a.test.ts" line="3" tests="2" assertions="1" failures="1" skipped="1" time="0" hostname="vm">
      <testcase name="fails &gt;" classname="d" time="0.000249" file="a.test.ts" line="3" assertions="1">
        <failure type="AssertionError" message="expect(received).toBe(expected)&#10;">AssertionError</failure>
      </testcase>
      <testcase name="x" classname="d" time="0" file="a.test.ts" line="3" assertions="0">
        <skipped />
      </testcase>
    </testsuite>
  </testsuite>
</testsuites>`

test('counts come from the root of the report; failed and skipped tests are named, files have their time', () => {
  expect(readJunitReport(report, 1)).toEqual({
    counts: { passed: 3, failed: 1, skipped: 2 },
    failed: ['a.test.ts > d > fails >'],
    failedFiles: ['a.test.ts'],
    skipped: ['a.test.ts > s & one', 'a.test.ts > d > x'],
    files: [{ file: 'a.test.ts', seconds: 1.25 }],
  })
})

test('a run that broke without a failed test is a failure', () => {
  const { counts, failed } = readJunitReport(report.replace('failures="1"', 'failures="0"'), 1)
  expect(counts).toEqual({ passed: 4, failed: 1, skipped: 2 })
  expect(failed).toHaveLength(2)
  expect(readJunitReport(null, 139)).toMatchObject({
    counts: { passed: 0, failed: 1, skipped: 0 },
    failedFiles: null,
    files: [],
  })
})

test('what passes when it is repeated counts as passed, and is told apart', () => {
  const first = readJunitReport(report, 1)
  const passed = { ...first, counts: { passed: 4, failed: 0, skipped: 2 }, failed: [], failedFiles: [] }
  expect(repeated(first, passed)).toMatchObject({
    report: { counts: { passed: 4, failed: 0, skipped: 2 }, failed: [] },
    unstable: ['a.test.ts > d > fails >'],
  })
})

test('what fails again has failed, and so has what fails only then', () => {
  const first = readJunitReport(report, 1)
  expect(repeated(first, first)).toEqual({ report: first, unstable: [] })
  const other = { ...first, failed: ['a.test.ts > good'] }
  expect(repeated(first, other)).toMatchObject({
    report: { counts: { passed: 3, failed: 1 }, failed: ['a.test.ts > good'] },
    unstable: ['a.test.ts > d > fails >'],
  })
  expect(repeated(first, readJunitReport(null, 139))).toEqual({ report: first, unstable: [] })
})

test('the closing line names skipped tests only where there are some', () => {
  expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed')
  expect(closingLine({ passed: 12, failed: 1, skipped: 3 })).toBe('12 passed, 1 failed, 3 skipped')
})
