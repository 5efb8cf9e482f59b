import type { RandomSource } from './random-source'

/** Words that texts of CEL are made of, and those that parsers are wrong about. */
const WORDS: readonly string[] = [
  ...['a', 'b', 'c', 'x1', '_y', 'in', 'true', 'false', 'null', 'if', 'as', 'while', 'rb', 'u', 'e1'],
  ...[
    '0',
    '1',
    '01',
    '42',
    '0x1F',
    '0X1F',
    '0xg',
    '1u',
    '2U',
    '0x1Fu',
    '1.5',
    '.5',
    '1.',
    '1e3',
    '1E-2',
    '1e',
    '1.5e+3',
  ],
  ...['9223372036854775807', '9223372036854775808', '18446744073709551615u', '1e400'],
  ...[
    "'a'",
    '"b"',
    "'''c'''",
    '"""d"""',
    "r'\\n'",
    'R"\\d"',
    "b'x'",
    "br'\\x'",
    "rb'x'",
    "B'\\xff'",
    "b'é'",
    "'\\u00e9'",
    "'\\U0001F600'",
  ],
  ...[
    "'\\ud800'",
    "'\\x41'",
    "'\\101'",
    "'\\8'",
    "'\\q'",
    "'\\?\\`'",
    "b'\\u0041'",
    "'a\\",
    "'a\nb'",
    "'''a\r\nb'''",
    "'''a'b''c'''",
    "''''",
    "''",
  ],
  ...[
    '==',
    '!=',
    '<',
    '<=',
    '>',
    '>=',
    '&&',
    '||',
    '+',
    '-',
    '*',
    '/',
    '%',
    '!',
    '?',
    ':',
    '.',
    ',',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
  ],
  ...[
    ' ',
    '\n',
    '\f',
    '\t',
    '\v',
    '\u00a0',
    '// c\n',
    '//',
    '`a-b`',
    '.`a b`',
    'a.b',
    'a.in',
    'a.if',
    'a[0]',
    'f(a)',
    'a.f(b)',
    '.a',
    '@',
    '$',
    '&',
    '=',
    '\\',
  ],
]

/** A text that may be CEL, or nearly so. */
export function randomText(random: RandomSource): string {
  if (random.chance(0.3))
    return Array.from({ length: 1 + random.below(6) }, () => random.pick(WORDS)).join(random.pick(['', ' ']))
  const text = randomTree(random, 1 + random.below(4))
  if (random.chance(0.7)) return text
  // One word more, less or other.
  const at = random.below(text.length + 1)
  return text.slice(0, at) + random.pick([random.pick(WORDS), '']) + text.slice(at + random.below(2))
}

const OPERATORS = ['==', '!=', '<', '<=', '>', '>=', ' in ', '+', '-', '*', '/', '%', '&&', '||'] as const

/** Operators in a row without parentheses, mostly: what a grammar is about. */
function randomTree(random: RandomSource, depth: number): string {
  const inner = (): string => randomTree(random, depth - 1)
  if (depth === 0)
    return random.pick(['a', 'b', 'c', '1', '2.5', "'s'", '-1', 'true', 'null', '3u', '-2.5', 'a.b', 'f(a)'])
  return random.pick([
    () => `${inner()} ${random.pick(OPERATORS)} ${inner()}`,
    () => `${inner()}${random.pick(OPERATORS)}${inner()}`,
    () => `${inner()}${random.pick(OPERATORS)}${inner()}${random.pick(OPERATORS)}${inner()}`,
    () => `${random.pick(['!', '-', '!!', '--', '- ', '!-', '-!'])}${inner()}`,
    () => `${inner()} ? ${inner()} : ${inner()}`,
    () => `(${inner()})`,
    () => `[${inner()}, ${inner()}${random.pick(['', ',', ',,'])}]`,
    () => `{${inner()}: ${inner()}${random.pick(['', ','])}}`,
    () => `${inner()}.${random.pick(['k', 'in', 'if', '`a-b`', 'f(a)', 'f(a,)', 'f()', 'if(b)'])}`,
    () => `${inner()}[${inner()}]`,
    () => `f(${inner()}, ${inner()}${random.pick(['', ','])})`,
  ])()
}
