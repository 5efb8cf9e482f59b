import { Tabs } from '@base-ui/react/tabs'
import type { ReactNode } from 'react'
import { classNames } from './class-names'

export interface PartTabsProps<Name extends string> {
  /** What they are parts of, such as "Parts of posts". */
  readonly label: string
  readonly tabs: readonly Name[]
  readonly names: Readonly<Record<Name, string>>
  readonly tab: Name
  readonly onTab: (tab: Name) => void
  /** Pages have wider margins than panels, whose content scrolls by itself. */
  readonly within: 'page' | 'panel'
  /** What the tab shows. */
  readonly children: ReactNode
}

/** The parts of a page or a panel, one at a time. */
export function PartTabs<Name extends string>({
  label,
  tabs,
  names,
  tab,
  onTab,
  within,
  children,
}: PartTabsProps<Name>) {
  const isPanel = within === 'panel'
  return (
    <Tabs.Root
      value={tab}
      onValueChange={(next: unknown) => {
        const chosen = tabs.find((one) => one === next)
        if (chosen !== undefined) onTab(chosen)
      }}
      className="flex min-h-0 flex-1 flex-col"
    >
      <Tabs.List
        aria-label={label}
        className={classNames(
          'flex flex-none gap-1 overflow-x-auto border-b border-line',
          isPanel ? 'px-3' : 'px-5 max-sm:px-3',
        )}
      >
        {tabs.map((one) => (
          <Tabs.Tab
            key={one}
            value={one}
            className="-mb-px h-9 border-b-2 border-transparent px-2 text-text-2 hover:text-text aria-selected:border-accent aria-selected:font-medium aria-selected:text-text max-sm:h-11"
          >
            {names[one]}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel
        value={tab}
        {...(isPanel && { tabIndex: 0 })}
        className={classNames(
          'focus-visible:-outline-offset-2',
          isPanel ? 'min-h-0 flex-1 overflow-auto p-4' : 'max-w-page p-6 max-sm:p-4',
        )}
      >
        {children}
      </Tabs.Panel>
    </Tabs.Root>
  )
}
