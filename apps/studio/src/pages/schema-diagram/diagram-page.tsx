import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { Skeleton } from '../../kit/states'
import { useSchema } from '../schema/schema-context'
import { DiagramList } from './diagram-list'
import { diagramModel } from './diagram-model'

const DiagramView = lazy(() => import('./diagram-view').then(({ DiagramView }) => ({ default: DiagramView })))

/** The schema as a diagram, or as a list for those who do not see it. */
export function DiagramPage() {
  const { model } = useSchema()
  const { focus, depth, view } = useSearch({ from: '/shell/schema/diagram' })
  const navigate = useNavigate({ from: '/schema/diagram' })
  if (model === null) {
    return (
      <p className="p-6">
        schema.yaml has errors: there is a diagram once they are fixed.{' '}
        <Link to="/schema/yaml" className="text-link underline">
          Open the YAML
        </Link>
      </p>
    )
  }
  const diagram = diagramModel(model, { focus, depth })
  const isFocused = focus !== undefined && model.collections.has(focus)
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-none flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-2">
        <h1 className="text-title font-semibold">{isFocused ? `Around ${focus}` : 'Diagram'}</h1>
        <span className="text-text-2">
          {diagram.nodes.length} collections, {diagram.edges.length} references
        </span>
        {isFocused && (
          <>
            <label className="flex items-center gap-2">
              Distance
              <select
                value={depth ?? 1}
                onChange={({ target }) =>
                  void navigate({ search: (known) => ({ ...known, depth: Number(target.value) }), replace: true })
                }
                className="h-8 rounded-control border border-control bg-canvas px-2"
              >
                {[1, 2, 3, 4, 5].map((one) => (
                  <option key={one} value={one}>
                    {one}
                  </option>
                ))}
              </select>
            </label>
            <Link
              to="/schema/diagram"
              search={view === undefined ? {} : { view }}
              className="text-link hover:underline"
            >
              Show all
            </Link>
          </>
        )}
        <span className="flex-1" />
        <Link
          from="/schema/diagram"
          to="/schema/diagram"
          search={({ view: _, ...known }) => (view === 'list' ? known : { ...known, view: 'list' })}
          className="text-link hover:underline"
        >
          {view === 'list' ? 'As a diagram' : 'As a list'}
        </Link>
      </div>
      <div className="min-h-0 flex-1 overflow-auto">
        {view === 'list' ? (
          <DiagramList diagram={diagram} />
        ) : (
          <Suspense fallback={<Skeleton className="h-full w-full" />}>
            <DiagramView key={`${focus} ${depth}`} diagram={diagram} isWhole={!isFocused} />
          </Suspense>
        )}
      </div>
    </div>
  )
}
