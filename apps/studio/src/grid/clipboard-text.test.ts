import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseTsv, toHtml, toTsv } from './clipboard-text'

describe('cells as spreadsheets copy them', () => {
  test('are between tabs, and quoted where they have to be', () => {
    expect(
      toTsv([
        ['a', 'b c'],
        ['1', ''],
      ]),
    ).toBe('a\tb c\n1\t')
    expect(toTsv([['a\tb', 'two\nlines', 'say "hi"', "'"]])).toBe('"a\tb"\t"two\nlines"\t"say ""hi"""\t\'')
    // One cell is exactly its text, unless it would be more than one.
    expect(toTsv([['plain, with; everything']])).toBe('plain, with; everything')
  })

  test.each<[string, string[][]]>([
    ['', [['']]],
    ['a', [['a']]],
    [
      'a\tb\r\nc\td\r\n',
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    ['a\n\nb', [['a'], [''], ['b']]],
    ['\t\n', [['', '']]],
    ['"a ""quoted"" cell"\t"x\ny"\n', [['a "quoted" cell', 'x\ny']]],
    ['"5 inch" disk\t6', [['"5 inch" disk', '6']]],
    ['"never closed\tb', [['"never closed', 'b']]],
    ['old\rmac', [['old'], ['mac']]],
  ])('%j is read', (text, block) => {
    expect(parseTsv(text)).toEqual(block)
  })

  test('come back as they were', () => {
    const cell = fc.oneof(fc.string(), fc.stringMatching(/^["\t\r\n a]*$/))
    const block = fc
      .integer({ min: 1, max: 4 })
      .chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: 1, maxLength: 5 }),
      )
      // A single empty cell at the end and a line end are the same text.
      .filter((rows) => !(rows.at(-1)?.length === 1 && rows.at(-1)?.[0] === '' && rows.length > 1))
    fc.assert(
      fc.property(block, (rows) => expect(parseTsv(toTsv(rows))).toEqual(rows)),
      { numRuns: 300 },
    )
  })

  test('in a table are text, whatever they look like', () => {
    expect(toHtml([['<img src=x onerror=alert(1)>&']])).toContain('&lt;img src=x onerror=alert(1)&gt;&amp;')
  })
})
