import { describe, expect, test } from 'bun:test'
import { type Collection, parseSchema } from '@koyalite/schema'
import fc from 'fast-check'
import { parseFieldMap } from './field-map'
import { type Format, readRows } from './read-rows'
import type { SourceRow } from './source-row'

const SCHEMA = `version: 1
collections:
  cities:
    fields:
      id: { type: int, primary: true, default: auto }
      name: { type: string }
      note: { type: text, nullable: true }
      area: { type: float, nullable: true }
      capital: { type: bool, default: false }
      tags: { type: json, nullable: true }
`

const cities = collection()

function collection(): Collection {
  const parsed = parseSchema(SCHEMA, { file: 'schema.yaml' })
  const found = parsed.ok ? parsed.schema.collections.get('cities') : undefined
  if (found === undefined) throw new Error('the schema of this test is wrong')
  return found
}

interface ReadOptions {
  /** Bytes of one piece of the stream. */
  readonly piece?: number
  readonly map?: string
  readonly delimiter?: string
}

async function read(format: Format, text: string, options: ReadOptions = {}): Promise<readonly SourceRow[]> {
  const all = new TextEncoder().encode(text)
  const piece = options.piece ?? 7
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < all.length; at += piece) yield all.slice(at, at + piece)
  }
  const fieldMap = parseFieldMap(options.map === undefined ? [] : [options.map])
  const rows: SourceRow[] = []
  const { delimiter } = options
  for await (const batch of readRows({ bytes: bytes(), format, collection: cities, fieldMap, delimiter }))
    rows.push(...batch)
  return rows
}

interface Failure {
  readonly line: number
  readonly message: string
  readonly advice?: string
}

async function failure(format: Format, text: string, options: ReadOptions = {}): Promise<Failure> {
  const error = await read(format, text, options).then(
    () => undefined,
    (thrown: unknown) => thrown as Failure,
  )
  if (error === undefined) throw new Error('it was read')
  return { line: error.line, message: error.message, ...(error.advice !== undefined && { advice: error.advice }) }
}

const documents = fc.array(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 }), { maxLength: 8 })
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

describe('any documents come back, however the bytes are cut', () => {
  const roundTrip = (print: (values: readonly unknown[]) => string, format: Format) =>
    fc.assert(
      fc.asyncProperty(documents, fc.integer({ min: 1, max: 64 }), async (values, piece) => {
        const rows = await read(format, print(values), { piece })
        expect(rows.map(({ document }) => plain(document))).toEqual(plain(values) as unknown[])
      }),
      { numRuns: 200 },
    )

  test('json', () => roundTrip((values) => JSON.stringify(values), 'json'))
  test('json with line breaks', () => roundTrip((values) => JSON.stringify(values, null, 2), 'json'))
  test('json documents one after another', () =>
    roundTrip((values) => values.map((value) => JSON.stringify(value, null, 1)).join(''), 'json'))
  test('ndjson', () => roundTrip((values) => values.map((value) => JSON.stringify(value)).join('\r\n'), 'ndjson'))
  test('yaml', () => roundTrip((values) => values.map((value) => `- ${JSON.stringify(value)}\n`).join(''), 'yaml'))
})

describe('lines', () => {
  test.each<[Format, string, readonly number[]]>([
    ['json', '[\n  {"a":1},\n  {\n "a": 2\n}, {"a":3}]', [2, 3, 5]],
    ['ndjson', '{"a":1}\n\n{"a":2}\n', [1, 3]],
    ['yaml', '# cities\n---\n- a: 1\n  b: |\n    x\n    - y\n\n- a: 2\n', [3, 8]],
    ['csv', 'name,note\nA,\n\nB,"x\ny"\nC,\n', [2, 4, 6]],
  ])('%s', async (format, text, lines) => {
    expect((await read(format, text)).map(({ line }) => line)).toEqual([...lines])
  })

  test.each<[Format, string, number, string]>([
    ['json', '[\n{"a":1}\n{"a":2}]', 3, 'has "{" where a comma or the end of the list is expected'],
    ['json', '[\n{"a":1},\n]', 3, 'has "]" where a document, {…}, is expected'],
    ['json', '[\n{"a":1},\n 7]', 3, 'has "7" where a document, {…}, is expected'],
    ['json', '[\n{"a":1}\n', 3, 'is the end of the file, but the list is not closed: a ] is missing'],
    ['json', '[\n{"a":\n', 2, 'starts a document that is not closed'],
    ['json', '[] x', 1, 'has "x" where the end of the file is expected'],
    ['json', '"text"', 1, 'has "\\"" where a list of documents, [{…}, {…}], is expected'],
    ['ndjson', '{"a":1}\n[1]\n', 2, 'is not a document: expected an object with fields, not a list'],
    ['ndjson', '{"a":1}\nnull\n', 2, 'is not a document: expected an object with fields, not null'],
    ['yaml', '- a: 1\n- 7\n', 2, 'is not a document: expected an object with fields, not a number'],
    ['yaml', 'name: Paris\n', 1, 'does not start a list of documents (- field: value)'],
  ])('%s %j is wrong', async (format, text, line, message) => {
    expect(await failure(format, text)).toEqual({ line, message })
  })

  test.each<[Format, string, number, string]>([
    ['json', '[{"a":1},\n{"a":tru}]', 2, 'is not valid JSON: '],
    ['ndjson', '{"a":1}\n{"a":}\n', 2, 'is not valid JSON: '],
    ['yaml', '- a: 1\n- a: 2\n  b: [1\n', 3, 'is not valid YAML: '],
    ['csv', 'name,note\nA,x\nB,"y', 3, 'is not valid CSV: '],
    ['csv', 'name,note\nA,x\nB\n', 3, 'is not valid CSV: '],
  ])('%s %j is not valid', async (format, text, line, message) => {
    const found = await failure(format, text)
    expect(found.line).toBe(line)
    expect(found.message).toStartWith(message)
  })

  test.each<[Format, string, number, string]>([
    ['ndjson', '{"id":1}\n{"tags":{"a":[750727362669608961]}}\n', 2, 'tags.a.0 is 750727362669608961'],
    ['ndjson', '{"area":1e400}\n', 1, 'area is 1e400'],
    ['json', '[{"id":1},\n{"id":1.0000000000000001}]', 2, 'id is 1.0000000000000001'],
    ['yaml', '- id: 1\n- id: 2\n  tags:\n    - { deep: 750727362669608961 }\n', 2, 'tags.0.deep is 750727362669608961'],
    ['yaml', '- area: .inf\n', 1, 'area is .inf'],
    ['yaml', '- area: -1e999\n', 1, 'area is -1e999'],
    ['yaml', '- area: .nan\n', 1, 'area is .nan'],
    ['yaml', '- tags: 0xFFFFFFFFFFFFFFFF\n', 1, 'tags is 0xFFFFFFFFFFFFFFFF'],
    ['csv', 'name,area\nA,1\n"B\nb",1e400\n', 3, 'area is 1e400'],
    ['csv', 'name,id\nA,1.0000000000000001\n', 2, 'id is 1.0000000000000001'],
    ['csv', 'name,id\nA,4503599627370497.5\n', 2, 'id is 4503599627370497.5'],
    ['csv', 'name,tags\nA,"{""a"":1e400}"\n', 2, 'tags.a is 1e400'],
    ['csv', 'name,tags\nA,750727362669608961\n', 2, 'tags is 750727362669608961'],
  ])('%s %j has a number that would become another one', async (format, text, line, message) => {
    const found = await failure(format, text)
    expect(found).toMatchObject({ line })
    expect(found.message).toStartWith(message)
  })

  test.each<[Format, string, number, string]>([
    ['json', '[{"id":1},\n{"id":2,"name":"A","name":"B"}]', 2, "has the key 'name' twice in one object"],
    ['json', '[{"tags":[{"a":1},{"a":{"b":1,"\\u0062":2}}]}]', 1, "has the key 'b' twice in one object"],
    ['ndjson', '{"id":1}\n{"id":2, "id" :3}\n', 2, "has the key 'id' twice in one object"],
    ['csv', 'name,tags\nA,"{""a"":1,""a"":2}"\n', 2, "tags has the key 'a' twice in one object"],
    ['yaml', '- tags: { 1: a, "1": b }\n', 1, "has the key '1' twice in one object"],
    ['yaml', '- id: 1\n- tags: { 9007199254740993: a }\n', 2, 'has a key that is not a string: put it in quotes'],
    ['yaml', '- tags: { 1.50: a }\n', 1, 'has a key that is not a string: put it in quotes'],
    ['yaml', '- tags: { ~: a }\n', 1, 'has a key that is not a string: put it in quotes'],
    ['yaml', '- tags: { ? [1, 2] : a }\n', 1, 'has a key that is not a string: put it in quotes'],
    ['yaml', '- id: 1\n  tags: !!set { a, b }\n', 2, 'has a value of type tag:yaml.org,2002:set'],
    ['yaml', '- tags: !!omap [a: 1]\n', 1, 'has a value of type tag:yaml.org,2002:omap'],
    ['yaml', '- tags: !!binary aGVsbG8=\n', 1, 'has a value of type tag:yaml.org,2002:binary'],
    ['yaml', '- tags: !point { x: 1 }\n', 1, 'has a value of type !point'],
    ['yaml', '- id: 1\n- tags: &a [1, *a]\n', 2, 'has the alias *a inside of itself'],
  ])('%s %j would silently become something else', async (format, text, line, message) => {
    const found = await failure(format, text)
    expect(found).toMatchObject({ line })
    expect(found.message).toStartWith(message)
  })

  test('keys that look like one another, or like JSON, are keys', async () => {
    const document = { name: '{"a":1,"a":2}', note: '":', tags: [{ a: 1 }, { a: 2 }, { '"a"': 1, '\\': 2, a: '"a":' }] }
    for (const [format, text] of [
      ['ndjson', JSON.stringify(document)],
      ['yaml', `- ${JSON.stringify(document)}`],
    ] as const)
      expect((await read(format, text)).map((row) => row.document)).toEqual([document])
    expect((await read('yaml', '- tags: { 1: a, true: b, x: !!str 1 }\n'))[0]?.document).toEqual({
      tags: { 1: 'a', true: 'b', x: '1' },
    })
  })

  test('<< takes over what another map has; in quotes it is a key', async () => {
    const text = '- &a { name: A, tags: { x: 1 } }\n- { <<: *a, name: B }\n- tags: { "<<": { x: 1 } }\n'
    expect((await read('yaml', text)).map(({ document }) => plain(document))).toEqual([
      { name: 'A', tags: { x: 1 } },
      { name: 'B', tags: { x: 1 } },
      { tags: { '<<': { x: 1 } } },
    ])
  })

  test('a later item of YAML may repeat what an earlier one names, and the lines stay right', async () => {
    const text =
      '# x\n- { name: A }\n- &b\n  name: B\n  tags: &tags [1, 2]\n- name: C\n  tags: *tags\n- *b\n- name: "R&D"\n'
    const rows = await read('yaml', text)
    expect(rows.map(({ line }) => line)).toEqual([2, 4, 6, 8, 9])
    expect(rows.map(({ document }) => plain(document))).toEqual([
      { name: 'A' },
      { name: 'B', tags: [1, 2] },
      { name: 'C', tags: [1, 2] },
      { name: 'B', tags: [1, 2] },
      { name: 'R&D' },
    ])
    expect((await failure('yaml', '- name: &a A\n- name: *b\n')).message).toStartWith('is not valid YAML: ')
  })

  test('YAML that repeats what repeats something is refused, not made', async () => {
    const bomb = Array.from(
      { length: 20 },
      (_, n) => `- a${n}: &a${n} [${n === 0 ? 'x' : Array(10).fill(`*a${n - 1}`)}]\n`,
    )
    expect((await failure('yaml', bomb.join(''))).message).toStartWith('is not valid YAML: ')
  })

  test('bytes that are not UTF-8 are refused', async () => {
    async function* bytes(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array([0x7b, 0xff, 0x7d])
    }
    const rows = readRows({ bytes: bytes(), format: 'ndjson', collection: cities, fieldMap: parseFieldMap([]) })
    await expect(Array.fromAsync(rows)).rejects.toThrow('not valid UTF-8')
  })
})

describe('csv cells', () => {
  const cells = async (text: string) => (await read('csv', text)).map(({ document }) => document)

  test('become what their field wants', async () => {
    expect(await cells('id,name,area,capital,tags\n1,Paris,105.4,yes,"[""fr""]"\n2,0012,1e3,0,plain\n')).toEqual([
      { id: 1, name: 'Paris', area: 105.4, capital: true, tags: ['fr'] },
      { id: 2, name: '0012', area: 1000, capital: false, tags: 'plain' },
    ])
  })

  test('that are empty say nothing; those written as "" are an empty text', async () => {
    expect(await cells('id,name,note,area,capital\n,,,,\n,"","",,\n')).toEqual([
      { name: '', note: null, area: null },
      { name: '', note: '', area: null },
    ])
  })

  test('that do not fit stay text, for the server to refuse', async () => {
    expect(await cells('id,area,capital\n1.2.3,big,maybe\n')).toEqual([{ id: '1.2.3', area: 'big', capital: 'maybe' }])
  })

  test('of a column that is no field are refused, renamed or left out', async () => {
    await expect(read('csv', 'nam,x\nParis,1\n')).rejects.toThrow(
      "the first line names 'nam', which is not a field of cities",
    )
    expect(await read('csv', 'nam,x\nParis,1\n', { map: 'nam=name,x=' })).toEqual([
      { line: 2, document: { name: 'Paris' } },
    ])
  })

  test.each([
    ['name,id,name\nA,1,B\n', "the first line has 'name' twice: columns 1 and 3"],
    ['name,"name"\nA,B\n', "the first line has 'name' twice: columns 1 and 2"],
    ['\uFEFFname, name \nA,B\n', "the first line has 'name' twice: columns 1 and 2"],
    ['name,,id\nA,,1\n', 'column 2 has no name in the first line'],
    ['name,""\nA,B\n', 'column 2 has no name in the first line'],
    ['name,id,\nA,1,\n', 'column 3 has no name in the first line'],
  ])('of a first line that does not name each column once are refused: %j', async (text, message) => {
    await expect(read('csv', text)).rejects.toThrow(message)
  })

  test('may not be made one by --map, nor may fields of documents', async () => {
    await expect(read('csv', 'name,nom\nA,B\n', { map: 'nom=name' })).rejects.toThrow("'name' twice: columns 1 and 2")
    await expect(read('ndjson', '{"name":"A","nom":"B"}', { map: 'nom=name' })).rejects.toThrow(
      'has two values for name',
    )
  })

  test('with more digits than are written again are right in float columns', async () => {
    expect(await cells('area\n0.10000000000000001\n1.000000000000000056e-01\n')).toEqual([{ area: 0.1 }, { area: 0.1 }])
  })

  test('are separated by tabs in tsv, and a byte order mark is no part of the first name', async () => {
    expect(await read('tsv', '\uFEFFname\tnote\nA, B\tx\n')).toEqual([
      { line: 2, document: { name: 'A, B', note: 'x' } },
    ])
  })
})

test('fields of documents are renamed and left out', async () => {
  const rows = await read('ndjson', '{"lng":1,"x":2,"name":"A"}', { map: 'lng=area,x=' })
  expect(rows.map(({ document }) => document)).toEqual([{ area: 1, name: 'A' }])
  const [row] = await read('ndjson', '{"lng":0.10000000000000001}', { map: 'lng=area' })
  expect(row?.nearest).toMatchObject([{ path: ['area'] }])
})

describe('the columns of CSV', () => {
  test.each<[string, string, ReadOptions, readonly object[]]>([
    ['another delimiter', 'id;name\n1;Paris, France\n', { delimiter: ';' }, [{ id: 1, name: 'Paris, France' }]],
    ['a tab', 'id\tname\n1\tParis\n', { delimiter: '\t' }, [{ id: 1, name: 'Paris' }]],
    ['a column by its number', ',name\n7,Paris\n', { map: '#1=id' }, [{ id: 7, name: 'Paris' }]],
    ['one that is left out by its number', ',name\n7,Paris\n', { map: '#1=' }, [{ name: 'Paris' }]],
    ['one of two of a name', 'name,name\nA,B\n', { map: '#1=note' }, [{ note: 'A', name: 'B' }]],
    ['an empty one that every line ends with', 'name,\nA,\n', { map: '#2=' }, [{ name: 'A' }]],
    ['empty cells at the end', 'name\nA,,\nB,\n', {}, [{ name: 'A' }, { name: 'B' }]],
    ['what is dropped need not be there', 'name\nA\n', { map: 'other=' }, [{ name: 'A' }]],
    ['a column that is called #2', '#2,name\nx,A\n', { map: '#2=note' }, [{ note: 'x', name: 'A' }]],
  ])('%s', async (_, text, options, documents) => {
    expect((await read('csv', text, options)).map(({ document }) => plain(document))).toEqual(
      plain(documents) as never[],
    )
  })

  test.each<[string, string, ReadOptions, Partial<Failure>]>([
    [
      'one without a name',
      'name,\nA,\n',
      {},
      {
        message: 'column 2 has no name in the first line',
        advice: "Name it in the file, or use --map '#2=field'; to skip it, --map '#2='.",
      },
    ],
    [
      'more cells than columns',
      'name,note\nA,b,c\n',
      {},
      { line: 2, message: expect.stringContaining('it has 3 cells, but the first line has 2 columns') },
    ],
    [
      'fewer cells than columns',
      'name,note\nA\n',
      {},
      { line: 2, message: expect.stringContaining('it has 1 cell, but the first line has 2 columns') },
    ],
    [
      'one name twice',
      'name,note,name\nA,b,c\n',
      {},
      {
        message: "the first line has 'name' twice: columns 1 and 3",
        advice: "Skip one of them with --map '#3=', or rename it with --map '#3=field'.",
      },
    ],
    [
      'another delimiter',
      'id;name\n1;A\n',
      {},
      { advice: "Its columns seem to be separated by something else: try --delimiter ';'" },
    ],
    ['commas where tabs are said', 'id,name\n1,A\n', { delimiter: '\t' }, { advice: expect.stringContaining("','") }],
    [
      'no field',
      'nmae\nA\n',
      {},
      { message: "the first line names 'nmae', which is not a field of cities (did you mean 'name'?)" },
    ],
    [
      'a --map of a column that is not there',
      'titel\nA\n',
      { map: 'title=name' },
      { message: "--map names the column 'title', which the first line does not have (did you mean 'titel'?)" },
    ],
    ['a --map beyond the last column', 'name\nA\n', { map: '#2=note' }, { message: expect.stringContaining("'#2'") }],
    ['a quote that never ends', 'name\n"A\n', {}, { message: expect.stringContaining('begins with a quote') }],
    ['a quote within a cell', 'name\nA "big" one\n', {}, { message: expect.stringContaining('quote') }],
  ])('%s is refused', async (_, text, options, expected) => {
    expect(await failure('csv', text, options)).toMatchObject(expected)
  })
})
