import { expect, test } from 'bun:test'
import { mergeMetrics } from './merge-metrics'
import { createMetrics } from './metrics'

test('every sample of every process is there, each family under one heading', () => {
  const metrics = createMetrics()
  metrics.http.began()
  metrics.http.route('GET', '/a"}{ b').observe(200, 3)
  metrics.register({ name: 'things', help: 'Things.', kind: 'gauge', read: () => 7 })
  const merged = mergeMetrics([
    { process: 'writer', text: metrics.text() },
    { process: '1', text: metrics.text() },
  ])
  const lines = merged.trimEnd().split('\n')
  const headings = lines.filter((line) => line.startsWith('# TYPE'))
  expect(new Set(headings).size).toBe(headings.length)
  expect(lines.slice(lines.indexOf('# HELP koyalite_things Things.'))).toEqual([
    '# HELP koyalite_things Things.',
    '# TYPE koyalite_things gauge',
    'koyalite_things{process="writer"} 7',
    'koyalite_things{process="1"} 7',
  ])
  expect(merged).toContain(
    String.raw`koyalite_http_requests_total{process="1",method="GET",route="/a\"}{ b",status="200"} 1`,
  )
  const samples = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length
  expect(samples(merged)).toBe(2 * samples(metrics.text()))
})
