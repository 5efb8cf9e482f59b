import { describe, expect, test } from 'bun:test'
import { isUtf8 } from 'node:buffer'
import { OPCODES, useServer, webSocketFrame } from '@koyalite/testkit'
import fc from 'fast-check'
import { close, type FrameCase, message, more, NOT_LAST, ping, playFrames, pong, text, WRITES } from './frame-cases'

const server = useServer({
  schema: `
version: 1
collections:
  notes:
    fields: { id: { type: int, primary: true, default: auto } }
    rules: { read: "true" }
`,
})
const url = () => `${server.process.url}/api/realtime`
const SEED = Number(process.env.KOYALITE_FRAMES_SEED ?? Date.now() % 1_000_000)
const RUNS = Number(process.env.KOYALITE_FRAMES_RUNS ?? 150)

/** Longer ones byte by byte would only take longer. */
const SHORT = 400

function playAll(cases: readonly FrameCase[]): void {
  for (const { name, frames, hears, waits } of cases) {
    const length = frames.reduce((sum, frame) => sum + frame.length, 0)
    test(name, async () => {
      for (const write of WRITES) {
        if (write === 'byte by byte' && length > SHORT) continue
        expect({ write, hears: await playFrames(url(), frames, write, waits) }).toEqual({ write, hears: [...hears] })
      }
    })
  }
}

/** What the client says in the end where the case leaves the connection in order. */
const BYE = close(1000)
const ENDED = 'close 1000'

describe('messages of every length', () => {
  playAll(
    [0, 1, 80, 81, 82, 125, 65_490, 65_491, 65_492, 500_000].map((length) => ({
      name: `${message('x'.repeat(length)).length} bytes`,
      frames: [text(message('x'.repeat(length))), BYE],
      waits: length > 60_000,
      hears: ['response', ENDED],
    })),
  )
  playAll([
    { name: 'an empty one', frames: [text(''), BYE], hears: ['response', ENDED] },
    {
      name: 'as long as may be: 1 MiB',
      frames: [text(message('x'.repeat(1024 * 1024 - message().length))), BYE],
      waits: true,
      hears: ['response', ENDED],
    },
    {
      name: 'a byte longer',
      frames: [text(message('x'.repeat(1024 * 1024 - message().length + 1)))],
      hears: ['close 1009'],
    },
    {
      name: 'too long as a whole, in fragments that are not',
      frames: [
        ...Array.from({ length: 17 }, (_, n) => (n === 0 ? text : more)('x'.repeat(65_000), NOT_LAST)),
        more('x'),
      ],
      hears: ['close 1009'],
    },
    {
      name: 'a header that promises 2^63 bytes and more',
      frames: [Uint8Array.of(0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4)],
      hears: ['close 1009'],
    },
    {
      name: 'a length that takes more bytes than it needs',
      frames: [Uint8Array.of(0x81, 0xfe, 0, 2, 0, 0, 0, 0, 0x7b, 0x7d), BYE],
      hears: ['response', ENDED],
    },
    {
      name: 'many at once',
      frames: [...Array(200).fill(text(message())), BYE],
      hears: [...Array(200).fill('response'), ENDED],
    },
    { name: 'binary', frames: [webSocketFrame(OPCODES.binary, message()), text(message())], hears: ['close 1003'] },
    { name: 'binary and empty', frames: [webSocketFrame(OPCODES.binary, '')], hears: ['close 1003'] },
    { name: 'without a mask', frames: [text(message(), { masked: false })], hears: ['close 1002'] },
  ])
})

describe('pings and pongs', () => {
  playAll([
    { name: 'an empty ping', frames: [ping(''), BYE], hears: ['pong', ENDED] },
    { name: 'its payload comes back', frames: [ping('hello'), BYE], hears: ['pong hello', ENDED] },
    { name: '125 bytes', frames: [ping('y'.repeat(125)), BYE], hears: [`pong ${'y'.repeat(125)}`, ENDED] },
    { name: '126 bytes', frames: [ping('y'.repeat(126))], hears: ['close 1002'] },
    { name: 'a pong that nobody asked for', frames: [pong('x'), text(message()), BYE], hears: ['response', ENDED] },
    { name: 'such a pong, then a ping', frames: [pong('x'), ping('y'), BYE], hears: ['pong y', ENDED] },
    {
      name: 'ten pings are answered in their order',
      frames: [...Array.from({ length: 10 }, (_, n) => ping(`p${n}`)), BYE],
      hears: [...Array.from({ length: 10 }, (_, n) => `pong p${n}`), ENDED],
    },
    { name: 'a ping in fragments', frames: [ping('x', NOT_LAST), more('y')], hears: ['close 1002'] },
    { name: 'a pong in fragments', frames: [pong('x', NOT_LAST), more('y')], hears: ['close 1002'] },
  ])
})

describe('reserved bits and opcodes', () => {
  for (let reserved = 1; reserved < 8; reserved++) {
    playAll([
      { name: `bits ${reserved} on a message`, frames: [text(message(), { reserved })], hears: ['close 1002'] },
      {
        name: `bits ${reserved} on a ping`,
        frames: [text(message()), ping('x', { reserved })],
        hears: ['response', 'close 1002'],
      },
      { name: `bits ${reserved} on a close`, frames: [close(1000, '', { reserved })], hears: ['close 1002'] },
      {
        name: `bits ${reserved} on a fragment`,
        frames: [text('{', NOT_LAST), more('}', { reserved })],
        hears: ['close 1002'],
      },
    ])
  }
  for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
    playAll([
      { name: `opcode ${opcode}`, frames: [webSocketFrame(opcode, ''), ping('')], hears: ['close 1002'] },
      {
        name: `opcode ${opcode} after a message`,
        frames: [text(message()), webSocketFrame(opcode, 'x'), ping('')],
        hears: ['response', 'close 1002'],
      },
    ])
  }
})

describe('fragments', () => {
  const whole = message('fragments')
  const [a, b, c] = [whole.slice(0, 7), whole.slice(7, 20), whole.slice(20)]
  playAll([
    { name: 'two', frames: [text(a, NOT_LAST), more(b + c), BYE], hears: ['response', ENDED] },
    { name: 'three', frames: [text(a, NOT_LAST), more(b, NOT_LAST), more(c), BYE], hears: ['response', ENDED] },
    {
      name: 'some of them empty',
      frames: [text('', NOT_LAST), more(a, NOT_LAST), more('', NOT_LAST), more(b + c, NOT_LAST), more(''), BYE],
      hears: ['response', ENDED],
    },
    {
      name: 'pings between them are answered first',
      frames: [text(a, NOT_LAST), ping('1'), more(b, NOT_LAST), pong('x'), ping('2'), more(c), ping('3'), BYE],
      hears: ['pong 1', 'pong 2', 'response', 'pong 3', ENDED],
    },
    {
      name: 'two messages, one after the other',
      frames: [text(a, NOT_LAST), more(b + c), text(a + b, NOT_LAST), ping(''), more(c), BYE],
      hears: ['response', 'pong', 'response', ENDED],
    },
    { name: 'a continuation of nothing', frames: [more(whole)], hears: ['close 1002'] },
    { name: 'a fragment of nothing', frames: [more(a, NOT_LAST), more(b)], hears: ['close 1002'] },
    {
      name: 'one more after the last',
      frames: [text(a, NOT_LAST), more(b + c), more('x')],
      hears: ['response', 'close 1002'],
    },
    { name: 'a message inside another', frames: [text(a, NOT_LAST), text(whole)], hears: ['close 1002'] },
    { name: 'fragments of two messages, mixed', frames: [text(a, NOT_LAST), text(b, NOT_LAST)], hears: ['close 1002'] },
    { name: 'a close between them', frames: [text(a, NOT_LAST), close(1000), more(b + c)], hears: [ENDED] },
  ])
})

describe('UTF-8', () => {
  const inside = (bytes: readonly number[]) => {
    const [before = '', after = ''] = message('@').split('@')
    return Buffer.concat([Buffer.from(before), Uint8Array.from(bytes), Buffer.from(after)])
  }
  const BOUNDS = [
    0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffd, 0xfffe, 0xffff, 0x10000, 0x1fffe, 0x10fffe, 0x10ffff,
  ]
  const GOOD = ['κόσμε', 'Hello-µ@ßöäüàá-UTF-8!!', '😀', ...BOUNDS.map((point) => String.fromCodePoint(point))]
  const BAD: readonly (readonly number[])[] = [
    [0x80],
    [0xbf],
    [0xff],
    [0xfe],
    // Cut short.
    [0xc2],
    [0xe1, 0x80],
    [0xf0, 0x9f, 0x98],
    [0xf1, 0x80, 0x80, 0x22],
    // More bytes than the shortest form has.
    [0xc0, 0xaf],
    [0xc1, 0xbf],
    [0xe0, 0x80, 0xaf],
    [0xe0, 0x9f, 0xbf],
    [0xf0, 0x80, 0x80, 0xaf],
    [0xf0, 0x8f, 0xbf, 0xbf],
    [0xf8, 0x88, 0x80, 0x80, 0x80],
    [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80],
    // Beyond the last code point, and surrogates.
    [0xf4, 0x90, 0x80, 0x80],
    [0xf5, 0x80, 0x80, 0x80],
    [0xed, 0xa0, 0x80],
    [0xed, 0xbf, 0xbf],
    [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80],
  ]
  for (const good of GOOD) {
    const bytes = Buffer.from(message(good))
    const middle = bytes.indexOf(Buffer.from(good)) + 1
    playAll([
      {
        name: `good, also with a fragment that ends inside a character: ${JSON.stringify(good)}`,
        frames: [text(bytes), text(bytes.subarray(0, middle), NOT_LAST), more(bytes.subarray(middle)), BYE],
        hears: ['response', 'response', ENDED],
      },
    ])
  }
  for (const bad of BAD) {
    const name = Buffer.from(bad).toString('hex')
    const bytes = inside(bad)
    const middle = bytes.indexOf(Uint8Array.from(bad)) + 1
    playAll([
      { name: `bad: ${name}`, frames: [text(bytes)], hears: ['close 1007'] },
      {
        name: `bad, in fragments: ${name}`,
        frames: [text(bytes.subarray(0, middle), NOT_LAST), more(bytes.subarray(middle))],
        hears: ['close 1007'],
      },
      { name: `a bad reason: ${name}`, frames: [close(1000, Uint8Array.from(bad))], hears: ['close 1007'] },
    ])
  }
})

describe('closing', () => {
  playAll([
    { name: 'without a code', frames: [close(null)], hears: ['close'] },
    { name: 'with half a code', frames: [webSocketFrame(OPCODES.close, 'x')], hears: ['close 1002'] },
    { name: 'with a reason', frames: [close(1000, 'bye, κόσμε')], hears: [ENDED] },
    { name: 'with the longest reason', frames: [close(1000, 'x'.repeat(123))], hears: [ENDED] },
    { name: 'with a longer one', frames: [close(1000, 'x'.repeat(124))], hears: ['close 1002'] },
    { name: 'in fragments', frames: [close(1000, '', NOT_LAST)], hears: ['close 1002'] },
    { name: 'twice', frames: [close(1000), close(1001)], hears: [ENDED] },
    { name: 'nothing is answered after it', frames: [close(1000), ping('x'), text(message())], hears: [ENDED] },
    {
      name: 'everything before it is',
      frames: [text(message()), ping('x'), BYE],
      hears: ['response', 'pong x', ENDED],
    },
    {
      name: 'a large message before it is answered, too',
      frames: [text(message('x'.repeat(256 * 1024))), BYE, ping('')],
      hears: ['response', ENDED],
    },
  ])
  const VALID = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]
  playAll(VALID.map((code) => ({ name: `${code} may be sent`, frames: [close(code)], hears: [`close ${code}`] })))
  const INVALID = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]
  playAll(INVALID.map((code) => ({ name: `${code} may not`, frames: [close(code)], hears: ['close 1002'] })))
})

/** Pieces of text, whole and broken. */
const PIECES = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 5 }).map((good) => Buffer.from(good.replace(/["\\\p{Cc}\p{Cs}]/gu, ''))),
  fc.constantFrom('e0a0', 'f09f', 'ed9fbf', 'c2', '80', 'f48fbfbf', 'e282ac').map((hex) => Buffer.from(hex, 'hex')),
)

test(`any bytes in any fragments: good UTF-8 is answered, bad ends with 1007 (seed ${SEED})`, async () => {
  const property = fc.asyncProperty(
    fc.array(PIECES, { maxLength: 6 }),
    fc.array(fc.nat({ max: 80 }), { maxLength: 6 }),
    fc.boolean(),
    fc.constantFrom(...WRITES),
    async (pieces, cuts, withPings, write) => {
      const [before = '', after = ''] = message('@').split('@')
      const bytes = Buffer.concat([Buffer.from(before), ...pieces, Buffer.from(after)])
      const at = [0, ...cuts.filter((cut) => cut < bytes.length).sort((x, y) => x - y), bytes.length]
      const parts = at.slice(1).map((end, n) => bytes.subarray(at[n], end))
      const frames = parts.flatMap((part, n) => [
        (n === 0 ? text : more)(part, { fin: n === parts.length - 1 }),
        ...(withPings && n < parts.length - 1 ? [ping(`${n}`)] : []),
      ])
      const hears = await playFrames(url(), [...frames, BYE], write)
      const pongs = withPings ? parts.slice(1).map((_, n) => `pong ${n}`) : []
      // What is bad may be noticed at once, before pings that come later, or when the message is complete.
      if (isUtf8(bytes)) expect(hears).toEqual([...pongs, 'response', ENDED])
      else expect([hears.at(-1), ...hears.slice(0, -1)]).toEqual(['close 1007', ...pongs.slice(0, hears.length - 1)])
    },
  )
  await fc.assert(property, { seed: SEED, numRuns: RUNS })
})
