import { describe, expect, test } from 'bun:test'
import {
  clampTop,
  isScaled,
  MAX_SPACER,
  maxTop,
  rowsAt,
  scrollMap,
  scrollOf,
  topAfterScroll,
  topToShow,
} from './scroll-map'

const ROW = 32
const VIEW = 800

describe('few rows', () => {
  const map = scrollMap(1_000, ROW, VIEW)

  test('are scrolled as they are', () => {
    expect(isScaled(map)).toBe(false)
    expect(map.spacer).toBe(32_000)
    for (const top of [0, 17, 31_200]) expect(scrollOf(map, top)).toBe(top)
    expect(topAfterScroll(map, 0, { from: 0, to: 500.5 })).toBe(500.5)
    expect(topAfterScroll(map, 0, { from: 0, to: 99_999 })).toBe(31_200)
  })

  test('that fit on the screen do not move', () => {
    const small = scrollMap(3, ROW, VIEW)
    expect(maxTop(small)).toBe(0)
    expect(clampTop(small, 50)).toBe(0)
    expect(rowsAt(small, 0, ROW)).toEqual({ first: 0, last: 2 })
  })
})

describe('1.2 million rows', () => {
  const map = scrollMap(1_200_000, ROW, VIEW)

  test('are behind a scrollbar that a browser can make', () => {
    expect(isScaled(map)).toBe(true)
    expect(map.spacer).toBe(MAX_SPACER)
    expect(map.content).toBe(38_400_000)
  })

  test('can all be reached, the last as the first', () => {
    const end = map.spacer - map.viewport
    expect(rowsAt(map, topAfterScroll(map, 0, { from: 0, to: end }), ROW)).toEqual({
      first: 1_199_975,
      last: 1_199_999,
    })
    expect(topAfterScroll(map, 5_000_000, { from: 100, to: 0 })).toBe(0)
    expect(scrollOf(map, maxTop(map))).toBe(end)
  })

  test('move by as much as a finger, and by the part of the whole for the thumb', () => {
    const top = 20_000_000
    const from = scrollOf(map, top)
    expect(topAfterScroll(map, top, { from, to: from + 40 })).toBe(top + 40)
    expect(topAfterScroll(map, top, { from, to: from - 1_599 })).toBe(top - 1_599)
    const middle = (map.spacer - map.viewport) / 2
    expect(topAfterScroll(map, 0, { from: 0, to: middle })).toBeCloseTo(maxTop(map) / 2)
  })

  test('every position of the thumb is one of the rows, and the other way round', () => {
    for (let part = 0; part <= 1; part += 0.05) {
      const top = part * maxTop(map)
      const to = scrollOf(map, top)
      expect(topAfterScroll(map, -1e9, { from: -1e9, to })).toBeCloseTo(top, 3)
    }
  })
})

test('a row is shown whole, and what is seen already does not move', () => {
  const map = scrollMap(1_000, ROW, VIEW)
  expect(topToShow(map, 320, { position: 2, height: ROW })).toBe(64)
  expect(topToShow(map, 320, { position: 12, height: ROW })).toBe(320)
  expect(topToShow(map, 320, { position: 35, height: ROW })).toBe(35 * ROW + ROW - VIEW)
  expect(topToShow(map, 330, { position: 10, height: ROW })).toBe(320)
})
