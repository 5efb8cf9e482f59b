import type { ReactNode } from 'react'
import { PartTabs } from '../../kit/part-tabs'
import { DOCUMENT_TABS, type DocumentTab } from './document-search'

const NAMES: Readonly<Record<DocumentTab, string>> = {
  fields: 'Fields',
  json: 'JSON',
  links: 'Links',
  history: 'History',
  access: 'Access',
}

export interface DocumentTabsProps {
  readonly tab: DocumentTab
  readonly onTab: (tab: DocumentTab) => void
  /** What a tab shows. */
  readonly children: (tab: DocumentTab) => ReactNode
}

export function DocumentTabs({ tab, onTab, children }: DocumentTabsProps) {
  return (
    <PartTabs label="Parts of the document" tabs={DOCUMENT_TABS} names={NAMES} tab={tab} onTab={onTab} within="panel">
      {children(tab)}
    </PartTabs>
  )
}
