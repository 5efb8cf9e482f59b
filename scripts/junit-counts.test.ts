import { expect, test } from 'bun:test'
import { closingLine, junitCounts } from './junit-counts'

const report =
  '<?xml version="1.0"?>\n<testsuites name="bun test" tests="6" assertions="2" failures="1" skipped="2" time="0.01">\n<testsuite tests="9"/>'

test('counts come from the root of the report', () => {
  expect(junitCounts(report, 1)).toEqual({ passed: 3, failed: 1, skipped: 2 })
})

test('a run that broke without a failed test is a failure', () => {
  expect(junitCounts(report.replace('failures="1"', 'failures="0"'), 1)).toEqual({ passed: 4, failed: 1, skipped: 2 })
  expect(junitCounts(null, 139)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

test('the closing line names skipped tests only where there are some', () => {
  expect(closingLine({ passed: 12, failed: 0, skipped: 0 })).toBe('12 passed, 0 failed')
  expect(closingLine({ passed: 12, failed: 1, skipped: 3 })).toBe('12 passed, 1 failed, 3 skipped')
})
