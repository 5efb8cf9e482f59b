import { describe, expect, test } from 'bun:test'
import { PYTHON, usePython } from './testing/use-python'

const { start } = usePython()

const HEAD = `from __future__ import annotations
import enum, sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timezone
from decimal import Decimal
from typing import Annotated, Any, Dict, FrozenSet, List, Literal, NamedTuple, NewType, Optional, Set, Tuple, TypedDict, Union
from uuid import UUID
from koyalite_functions import Bounds, function

Slug = NewType("Slug", str)

class State(enum.Enum):
    DRAFT = "draft"
    LIVE = "live"

class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2

@dataclass
class Point:
    x: int
    y: float = 0.5
    tags: List[str] = field(default_factory=list)

@dataclass
class Node:
    name: str
    children: List[Node] = field(default_factory=list)

class Movie(TypedDict, total=False):
    title: str

class Pair(NamedTuple):
    a: int
    b: str = "b"
`

const POINT = {
  type: 'object',
  properties: {
    x: { type: 'integer' },
    y: { type: 'number', default: 0.5 },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['x'],
  additionalProperties: false,
}

/** A type, its JSON Schema, a value of JSON, and what Python has of it. */
const TYPES: readonly (readonly [type: string, schema: object, json: unknown, shown: string])[] = [
  ['str', { type: 'string' }, 'a', "'a'"],
  ['int', { type: 'integer' }, 3, '3'],
  ['float', { type: 'number' }, 3, '3.0'],
  ['bool', { type: 'boolean' }, true, 'True'],
  ['bytes', { type: 'string', format: 'byte' }, 'AP8=', "b'\\x00\\xff'"],
  ['Any', {}, [1, { a: null }], "[1, {'a': None}]"],
  [
    'datetime',
    { type: 'string', format: 'date-time' },
    '2026-01-02T03:04:05.678Z',
    'datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=datetime.timezone.utc)',
  ],
  ['date', { type: 'string', format: 'date' }, '2026-01-02', 'datetime.date(2026, 1, 2)'],
  ['time', { type: 'string', format: 'time' }, '03:04:05', 'datetime.time(3, 4, 5)'],
  [
    'UUID',
    { type: 'string', format: 'uuid' },
    '00000000-0000-4000-8000-000000000001',
    "UUID('00000000-0000-4000-8000-000000000001')",
  ],
  ['Decimal', { type: 'string', pattern: '^-?\\d+(\\.\\d+)?$' }, '12.30', "Decimal('12.30')"],
  ['State', { type: 'string', enum: ['draft', 'live'] }, 'live', "<State.LIVE: 'live'>"],
  ['Level', { type: 'integer', enum: [1, 2] }, 2, '<Level.HIGH: 2>'],
  ['Literal["a", 1]', { enum: ['a', 1] }, 1, '1'],
  ['Optional[int]', { type: ['integer', 'null'] }, null, 'None'],
  ['Optional[State]', { type: ['string', 'null'], enum: ['draft', 'live', null] }, 'draft', "<State.DRAFT: 'draft'>"],
  ['Union[int, str]', { anyOf: [{ type: 'integer' }, { type: 'string' }] }, 'a', "'a'"],
  [
    'Union[datetime, str, None]',
    { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'string' }, { type: 'null' }] },
    'soon',
    "'soon'",
  ],
  [
    'List[date]',
    { type: 'array', items: { type: 'string', format: 'date' } },
    ['2026-01-02'],
    '[datetime.date(2026, 1, 2)]',
  ],
  ['Sequence[int]', { type: 'array', items: { type: 'integer' } }, [1], '[1]'],
  ['Set[int]', { type: 'array', items: { type: 'integer' }, uniqueItems: true }, [1], '{1}'],
  ['FrozenSet[int]', { type: 'array', items: { type: 'integer' }, uniqueItems: true }, [1], 'frozenset({1})'],
  ['Tuple[int, ...]', { type: 'array', items: { type: 'integer' } }, [1, 2], '(1, 2)'],
  [
    'Tuple[int, str]',
    { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], minItems: 2, maxItems: 2 },
    [1, 'a'],
    "(1, 'a')",
  ],
  ['Dict[str, UUID]', { type: 'object', additionalProperties: { type: 'string', format: 'uuid' } }, {}, '{}'],
  ['Mapping[str, Any]', { type: 'object' }, { a: 1 }, "{'a': 1}"],
  ['Slug', { type: 'string' }, 'a', "'a'"],
  [
    'Annotated[str, Bounds(min_length=1, max_length=9, pattern="^a", description="name")]',
    { type: 'string', minLength: 1, maxLength: 9, pattern: '^a', description: 'name' },
    'a',
    "'a'",
  ],
  [
    'Annotated[List[int], Bounds(max_length=3)]',
    { type: 'array', items: { type: 'integer' }, maxItems: 3 },
    [1],
    '[1]',
  ],
  [
    'Annotated[Optional[int], Bounds(ge=0, lt=10, multiple_of=2)]',
    { type: ['integer', 'null'], minimum: 0, exclusiveMaximum: 10, multipleOf: 2 },
    4,
    '4',
  ],
  ['Annotated[str, Bounds(format="email")]', { type: 'string', format: 'email' }, 'a@example.com', "'a@example.com'"],
  ['Point', POINT, { x: 1, tags: ['a'] }, "Point(x=1, y=0.5, tags=['a'])"],
  [
    'Optional[Point]',
    { type: ['object', 'null'], properties: POINT.properties, required: ['x'], additionalProperties: false },
    { x: 1 },
    'Point(x=1, y=0.5, tags=[])',
  ],
  ['Movie', { type: 'object', properties: { title: { type: 'string' } }, additionalProperties: false }, {}, '{}'],
  [
    'Pair',
    {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { type: 'string', default: 'b' } },
      required: ['a'],
      additionalProperties: false,
    },
    { a: 1 },
    "Pair(a=1, b='b')",
  ],
]

const NODE = {
  type: 'object',
  properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/Node' } } },
  required: ['name'],
  additionalProperties: false,
}

describe.skipIf(PYTHON === null)('what a function takes, as its types say it', () => {
  test('each type, its schema, and the values that the function gets', async () => {
    const fields = TYPES.map(([type], n) => `    f${n}: Optional[${type}] = None\n`).join('')
    const types = TYPES.map(([type], n) => `    f${n}: ${type}\n`).join('')
    const instance = await start(
      `${HEAD}\n@dataclass\nclass Taken:\n${types}\n@dataclass\nclass Given:\n${fields}\n@function()\ndef f(data: Taken) -> List[str]:\n    return [repr(value) for value in vars(data).values()]\n`,
    )
    const { input, output } = instance.ready as { input: { properties: object }; output: object }
    expect(Object.values(input.properties)).toEqual(TYPES.map(([, schema]) => schema))
    expect(output).toEqual({ type: 'array', items: { type: 'string' } })
    const given = Object.fromEntries(TYPES.map(([, , json], n) => [`f${n}`, json]))
    expect((await instance.call(given)).body).toEqual(TYPES.map(([, , , shown]) => shown))
  })

  test('anything is no schema', async () => {
    const instance = await start(`${HEAD}\n@function()\ndef f(data: Any) -> object: return data\n`)
    expect(instance.ready).toMatchObject({ kind: 'typed', input: null, output: null })
    expect((await instance.call([1])).body).toEqual([1])
  })

  test('values go back as JSON has them', async () => {
    const instance = await start(`${HEAD}
@function()
def f(data: str) -> Any:
    return {
        "point": Point(1), "pair": Pair(2), "state": State.LIVE, "level": Level.LOW, "decimal": Decimal("1.50"),
        "uuid": UUID(int=1), "at": datetime(2026, 1, 2, tzinfo=timezone.utc), "date": date(2026, 1, 2), "time": time(3, 4),
        "bytes": b"\\x00\\xff", "set": {1}, "tuple": (1, None), "key": {Level.HIGH: True},
    } if data == "all" else {"naive": datetime(2026, 1, 2), "nan": float("nan"), "large": 2**60}[data]
`)
    expect((await instance.call('all')).body).toEqual({
      ...{ point: { x: 1, y: 0.5, tags: [] }, pair: { a: 2, b: 'b' }, state: 'live', level: 1, decimal: '1.50' },
      ...{ uuid: '00000000-0000-0000-0000-000000000001', at: '2026-01-02T00:00:00.000Z', date: '2026-01-02' },
      ...{ time: '03:04:00', bytes: 'AP8=', set: [1], tuple: [1, null], key: { '2': true } },
    })
    for (const [kind, why] of [
      ['naive', 'needs a time zone'],
      ['nan', 'JSON does not have nan'],
      ['large', 'give it as a text'],
    ] as const)
      expect(await instance.call(kind)).toMatchObject({
        failure: 'thrown',
        body: { message: expect.stringContaining(why) },
      })
  })

  test('types within themselves', async () => {
    const instance = await start(`${HEAD}
@function()
def f(data: Node) -> int:
    return len(data.children[0].children)
`)
    expect(instance.ready?.input).toEqual({ $ref: '#/$defs/Node', $defs: { Node: NODE } })
    const input = { name: 'a', children: [{ name: 'b', children: [{ name: 'c' }] }] }
    expect((await instance.call(input)).body).toBe(1)
  })

  test.each([
    ['def f(data: complex): ...', 'f: data: complex has no JSON Schema'],
    ['def f(data: Dict[int, str]): ...', 'f: data: the keys of JSON objects are texts'],
    ['def f(ctx, a: int, b: int): ...', 'f: a function takes ctx and one input, not a, b: put them into a dataclass'],
    ['def f(ctx, **more): ...', 'f: a function has no *args and no **kwargs'],
    ['def f(data: Missing): ...', "f: name 'Missing' is not defined. What a function takes"],
  ])('%s', async (line, message) => {
    const instance = await start(`${HEAD}\n@function()\n${line}\n`)
    expect(instance.ready).toMatchObject({ failed: { message: expect.stringContaining(message) } })
    expect(await instance.child.exited).toBe(1)
  })

  test('keys that are needed before the code runs have their place in the manifest', async () => {
    const instance = await start(
      'from koyalite_functions import function\n\n@function(dependencies=["x"])\ndef f(ctx): ...\n',
    )
    const message =
      "'dependencies' is needed before the code runs: write it into the manifest beside it, functions/<name>.yaml"
    expect(instance.ready).toMatchObject({ failed: { message } })
  })
})
