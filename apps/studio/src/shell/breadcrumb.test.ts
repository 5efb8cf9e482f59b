import { describe, expect, test } from 'bun:test'
import type { Area } from './area'
import { breadcrumb } from './breadcrumb'

const icon = (() => null) as unknown as Area['icon']
const AREAS: readonly Area[] = [
  { name: 'Home', icon, pages: [{ name: 'Home', to: '/' }] },
  { name: 'Data', icon, pages: [{ name: 'Data', to: '/data' }] },
  {
    name: 'Schema',
    icon,
    pages: [
      { name: 'Collections', to: '/schema' },
      { name: 'Diagram', to: '/schema/diagram' },
    ],
  },
]
const names = (path: string) => breadcrumb(AREAS, path).map(({ name }) => name)

describe('where one is', () => {
  test('the area, its page, and what is below', () => {
    expect(names('/')).toEqual(['Home'])
    expect(names('/data')).toEqual(['Data'])
    expect(names('/data/posts')).toEqual(['Data', 'posts'])
    expect(names('/schema')).toEqual(['Schema'])
    expect(names('/schema/posts')).toEqual(['Schema', 'posts'])
    expect(names('/schema/diagram')).toEqual(['Schema', 'Diagram'])
    expect(names('/nowhere')).toEqual([])
  })

  test('keys of documents are shown as they are, and lead where they stand', () => {
    const crumbs = breadcrumb(AREAS, '/data/posts/a%2Fb%20c')
    expect(crumbs.at(-1)).toEqual({ name: 'a/b c', path: '/data/posts/a%2Fb%20c' })
    expect(names('/data/posts/%E0%A4%A')).toEqual(['Data', 'posts', '%E0%A4%A'])
  })
})
