import { Menu } from '@base-ui/react/menu'
import { ChevronDown } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { classNames } from '../../kit/class-names'
import { CodeEditor } from '../../kit/code/code-editor'
import { type RuleTemplate, withTemplate } from './rule-templates'
import { type RulePlace, useRuleCheck } from './use-rule-check'

export interface RuleEditorProps {
  /** Above the editor; read out as the editor's name. */
  readonly label: string
  readonly place: RulePlace
  readonly value: string
  /** Why it cannot be changed; null where it can. */
  readonly reason: string | null
  readonly onChange: (text: string) => void
  /** What it means that there is no rule. */
  readonly placeholder: string
  readonly templates?: readonly RuleTemplate[]
  /** Whether it differs from what is served. */
  readonly isChanged: boolean
  /** Beside the label. */
  readonly children?: ReactNode
}

/** One expression, checked while it is written. */
export function RuleEditor(props: RuleEditorProps) {
  const { label, place, value, reason, onChange, placeholder, templates = [], isChanged, children } = props
  const { diagnostics, complete } = useRuleCheck(place, value)
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex min-h-6 flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium">{label}</span>
        {isChanged && <span className="text-sm text-link">changed</span>}
        {children}
        <span className="flex-1" />
        {templates.length > 0 && reason === null && (
          <Templates label={label} templates={templates} onChoose={(rule) => onChange(withTemplate(value, rule))} />
        )}
      </div>
      <CodeEditor
        label={label}
        language="cel"
        height="content"
        value={value}
        onChange={reason === null ? onChange : undefined}
        diagnostics={diagnostics}
        complete={complete}
        placeholder={placeholder}
        isInvalid={diagnostics.some(({ severity }) => severity === 'error')}
        describedBy={diagnostics.length === 0 ? undefined : id}
      />
      {diagnostics.length > 0 && (
        <ul id={id} className="flex flex-col gap-1">
          {diagnostics.map(({ severity, message, from, to, fix }) => (
            <li
              key={`${from}:${message}`}
              className={classNames('text-sm', severity === 'error' ? 'text-danger-text' : 'text-warning-text')}
            >
              {message}
              {fix !== undefined && reason === null && (
                <button
                  type="button"
                  onClick={() => onChange(value.slice(0, from) + fix.replacement + value.slice(to))}
                  className="ml-2 text-link underline"
                >
                  {fix.label}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Templates({
  label,
  templates,
  onChoose,
}: {
  readonly label: string
  readonly templates: readonly RuleTemplate[]
  readonly onChoose: (rule: string) => void
}) {
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={`Templates for ${label}`}
        className="flex h-6 items-center gap-1 rounded-control px-1.5 text-text-2 hover:bg-sunken hover:text-text max-sm:h-9"
      >
        Templates
        <ChevronDown aria-hidden="true" size={14} strokeWidth={1.75} />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={4} className="z-30">
          <Menu.Popup className="max-h-[min(420px,var(--available-height))] w-[min(420px,calc(100vw-2rem))] overflow-y-auto rounded-panel border border-line bg-raised p-1 shadow-float outline-none transition-opacity duration-[120ms] data-ending-style:opacity-0 data-starting-style:opacity-0">
            {templates.map(({ name, rule }) => (
              <Menu.Item
                key={`${name} ${rule}`}
                onClick={() => onChoose(rule)}
                className="flex cursor-default flex-col rounded-control px-2 py-1.5 outline-none data-highlighted:bg-sunken"
              >
                {name}
                <code className="font-mono text-code break-words text-text-2">{rule}</code>
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  )
}
