import { describe, expect, test } from 'bun:test'
import type { ExplanationPart } from '@koyalite/client/admin'
import { decidingRanges, decidingValues, segmentsOf } from './deciding-ranges'

const SOURCE = 'doc.public || auth.id == doc.owner_id && doc.n > 1'

function part(source: string, result: ExplanationPart['result'], more: Partial<ExplanationPart> = {}): ExplanationPart {
  const start = SOURCE.indexOf(source)
  const own = { source, result, start, end: start + source.length }
  return { ...own, calls: null, definition: null, operator: null, operands: [], values: {}, ...more }
}

const owns = part('auth.id == doc.owner_id', true, { values: { 'auth.id': 'a' } })
const many = part('doc.n > 1', false, { values: { 'doc.n': 1 } })
const isPublic = part('doc.public', 'error', { values: { 'doc.public': null } })
const both = part('auth.id == doc.owner_id && doc.n > 1', false, { operator: '&&', operands: [owns, many] })
const rule = part(SOURCE, 'error', { operator: '||', operands: [isPublic, both] })

describe('the parts that decided', () => {
  test('of a rule that does not hold are those that do not hold', () => {
    const ranges = decidingRanges(rule)
    expect(ranges.map(({ start, end }) => SOURCE.slice(start, end))).toEqual(['doc.public', 'doc.n > 1'])
    expect(decidingValues(rule)).toEqual({ 'doc.public': null, 'doc.n': 1 })
  })

  test('of a rule that holds are those that hold', () => {
    const open = { ...rule, result: true, operands: [isPublic, { ...both, result: true, operands: [owns] }] }
    expect(decidingRanges(open).map(({ start, end }) => SOURCE.slice(start, end))).toEqual(['auth.id == doc.owner_id'])
  })

  test('leave the text as it is', () => {
    const segments = segmentsOf(SOURCE, decidingRanges(rule))
    expect(segments.map(({ text }) => text).join('')).toBe(SOURCE)
    expect(segments.filter(({ result }) => result !== null)).toHaveLength(2)
    // Ranges that fit no text, or one another, change nothing of it.
    const wrong = [...decidingRanges(rule), { start: 3, end: 9, result: true }, { start: 40, end: 900, result: true }]
    expect(
      segmentsOf(SOURCE, wrong)
        .map(({ text }) => text)
        .join(''),
    ).toBe(SOURCE)
    expect(segmentsOf('', [])).toEqual([])
  })
})
