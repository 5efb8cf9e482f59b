import type { ListCollectionsResponse } from '@koyalite/client/admin'
import { useQuery } from '@tanstack/react-query'
import { Link, useSearch } from '@tanstack/react-router'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useMay, useSession } from '../../session/session-context'
import { cellId } from './cell-link'
import { decisionWord, type MatrixCollection } from './decision'
import { DefinitionEditors } from './definition-editors'
import { FieldEditors } from './field-editors'
import { OPERATIONS, type Operation } from './operations'
import { draftOf, editsOf, type RulesDraft } from './policy-draft'
import { PolicyEditors } from './policy-editors'
import { RuleEditor } from './rule-editor'
import { type CollectionModel, ruleTemplates } from './rule-templates'
import { SaveBar } from './save-bar'

/** What a user of the studio may do with the rules of one collection. */
export function CollectionRules({
  model,
  schema,
}: {
  readonly model: CollectionModel
  readonly schema: ListCollectionsResponse
}) {
  const { name } = model
  const served = draftOf(model, schema)
  const [draft, setDraft] = useDraft(name)
  const reason = useReadOnly()
  const shown = draft ?? served
  const set = (change: Partial<RulesDraft>) => setDraft({ ...shown, ...change })
  const edits = draft === null ? [] : editsOf(name, served, draft)
  const row = useMatrixRow(name)
  return (
    <>
      <div className="min-h-0 flex-1 overflow-auto">
        <div className="flex max-w-page flex-col gap-8 p-6 max-sm:p-4">
          <header className="flex flex-wrap items-center gap-x-4 gap-y-1">
            <h1 className="text-title font-semibold break-all">{name}</h1>
            <span className="flex-1" />
            <Link to="/policies" search={{ q: name }} className="text-link hover:underline">
              Matrix
            </Link>
            <Link to="/policies/test" search={{ collection: name, op: 'read' }} className="text-link hover:underline">
              Try
            </Link>
          </header>
          {reason !== null && <p className="text-text-2">{reason}</p>}
          <Section
            title="Rules"
            about="Who may do what with its documents. Without a rule, or a policy that permits it, nobody may."
          >
            {OPERATIONS.map((operation) => (
              <Anchor key={operation} name={operation}>
                <RuleEditor
                  label={operation}
                  place={{ collection: name, operation }}
                  value={shown.rules[operation]}
                  reason={reason}
                  placeholder={NO_RULE[operation]}
                  templates={ruleTemplates(model, schema, operation)}
                  isChanged={shown.rules[operation].trim() !== served.rules[operation].trim()}
                  onChange={(text) => set({ rules: { ...shown.rules, [operation]: text } })}
                >
                  {row !== null && <InMatrix row={row} operation={operation} />}
                </RuleEditor>
              </Anchor>
            ))}
          </Section>
          <Section
            title="Policies"
            about="Rules with names: one that permits is one more way to be allowed, one that restricts has to hold besides."
          >
            <PolicyEditors
              model={model}
              schema={schema}
              policies={shown.policies}
              served={served.policies}
              reason={reason}
              onChange={(policies) => set({ policies })}
            />
          </Section>
          <Section title="Fields" about="A field that one may not read is not there: in documents, filters and errors.">
            <FieldEditors
              model={model}
              schema={schema}
              fields={shown.fields}
              served={served.fields}
              reason={reason}
              onChange={(fields) => set({ fields })}
            />
          </Section>
          <Section title="Definitions" about="Parts of rules with a name, for the rules of all collections.">
            <DefinitionEditors
              definitions={shown.definitions}
              served={served.definitions}
              reason={reason}
              onChange={(definitions) => set({ definitions })}
            />
          </Section>
        </div>
      </div>
      <SaveBar collection={name} edits={edits} onDiscard={() => setDraft(null)} />
    </>
  )
}

/** Why rules cannot be changed here; null where they can. */
function useReadOnly(): string | null {
  const { admin } = useSession()
  const mayWrite = useMay('schema:write')
  const { data } = useQuery({
    queryKey: ['schema', 'refusal'],
    queryFn: async () => (await admin.planSchema({ body: {} })).refusal,
    enabled: mayWrite,
  })
  return mayWrite ? (data ?? null) : 'Your role cannot change rules.'
}

const NO_RULE: Readonly<Record<Operation, string>> = {
  read: 'no rule: nobody reads',
  create: 'no rule: nobody creates',
  update: 'no rule: nobody updates',
  delete: 'no rule: nobody deletes',
}

/** What was typed, by collection: until this page is loaded anew, so that a look elsewhere loses nothing. */
const drafts = new Map<string, RulesDraft>()

function useDraft(collection: string): readonly [RulesDraft | null, (draft: RulesDraft | null) => void] {
  const [draft, setDraft] = useState(() => drafts.get(collection) ?? null)
  return [
    draft,
    (next) => {
      if (next === null) drafts.delete(collection)
      else drafts.set(collection, next)
      setDraft(next)
    },
  ]
}

function Section({
  title,
  about,
  children,
}: {
  readonly title: string
  readonly about: string
  readonly children: ReactNode
}) {
  return (
    <section className="flex flex-col gap-4">
      <div>
        <h2 className="text-title font-semibold">{title}</h2>
        <p className="text-text-2">{about}</p>
      </div>
      {children}
    </section>
  )
}

/** What the address names is scrolled to: a cell of the matrix leads to its rule. */
function Anchor({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  const { rule } = useSearch({ from: '/shell/policies/$collection' })
  const element = useRef<HTMLDivElement>(null)
  const isMeant = rule === name
  useEffect(() => {
    if (isMeant) element.current?.scrollIntoView({ block: 'center' })
  }, [isMeant])
  return (
    <div ref={element} className={isMeant ? 'border-l-2 border-accent pl-3' : undefined}>
      {children}
    </div>
  )
}

function useMatrixRow(
  collection: string,
): { readonly row: MatrixCollection; readonly names: ReadonlyMap<string, string> } | null {
  const { admin } = useSession()
  const { data } = useQuery({
    queryKey: ['rules', 'matrix', 'of', collection],
    queryFn: () => admin.readRuleMatrix({ query: { collection } }),
  })
  const row = data?.collections[0]
  return row === undefined ? null : { row, names: new Map(data?.actors.map(({ id, name }) => [id, name])) }
}

/** What the rule, as it is served, comes to. */
function InMatrix({
  row: { row, names },
  operation,
}: {
  readonly row: NonNullable<ReturnType<typeof useMatrixRow>>
  readonly operation: Operation
}) {
  const cells = row.operations.find((one) => one.operation === operation)?.cells ?? []
  return (
    <span className="flex min-w-0 flex-wrap gap-x-3 text-sm text-text-2">
      {cells
        .filter(({ comes_to }) => comes_to !== 'none')
        .map((cell) => (
          <Link
            key={cell.actor}
            to="/policies"
            search={{ q: row.collection, cell: cellId(row.collection, operation, cell.actor) }}
            className="hover:text-text hover:underline"
          >
            {names.get(cell.actor)}: {decisionWord(cell)}
          </Link>
        ))}
    </span>
  )
}
