import { Menu } from '@base-ui/react/menu'
import { useNavigate } from '@tanstack/react-router'
import { ArrowUpDown } from 'lucide-react'
import { useState } from 'react'
import type { ListRequest } from '../../documents/source/list-request'
import type { JsonObject } from '../../fields/exact-json'
import type { RowWindow } from '../../grid/row-window'
import { ExportDialog } from './export-dialog'

export interface TransferMenuProps {
  readonly request: ListRequest
  readonly shown: readonly string[]
  readonly source: RowWindow<JsonObject>
}

/** Documents from files and into them. */
export function TransferMenu({ request, shown, source }: TransferMenuProps) {
  const navigate = useNavigate()
  const [isExporting, setExporting] = useState(false)
  const { collection, asked, as } = request
  // As it is when the dialog is opened.
  const count = source.isExact ? source.count : null
  const isAs = as !== 'operator'
  return (
    <>
      <Menu.Root>
        <Menu.Trigger className="inline-flex h-8 items-center gap-2 rounded-control px-2.5 text-text-2 hover:bg-sunken hover:text-text max-sm:h-10 max-sm:px-3">
          <ArrowUpDown aria-hidden="true" size={16} strokeWidth={1.5} />
          <span className="max-sm:sr-only">Import, export</span>
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner align="end" sideOffset={6} className="z-30">
            <Menu.Popup className="min-w-[200px] rounded-panel border border-line bg-raised p-1 shadow-float outline-none">
              <Menu.Item
                className={ITEM}
                onClick={() => void navigate({ to: '/data/$collection/import', params: { collection } })}
              >
                Import a file
              </Menu.Item>
              <Menu.Item
                className={ITEM}
                disabled={isAs}
                title={isAs ? 'An export has what operators see. View as yourself first.' : undefined}
                onClick={() => setExporting(true)}
              >
                Export what is listed
              </Menu.Item>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      {isExporting && <ExportDialog {...{ collection, asked, shown, count }} onClose={() => setExporting(false)} />}
    </>
  )
}

const ITEM =
  'flex w-full items-center rounded-control px-2 py-1.5 text-left outline-none data-disabled:opacity-60 data-highlighted:bg-sunken'
