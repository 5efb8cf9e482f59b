import { HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import type { Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { tags } from '@lezer/highlight'

/** The tokens of styles.css: they have both schemes, so that the editor has no theme for each. */
const color = (name: string) => `var(--color-${name})`

const LINE = '20px'

const look = EditorView.theme({
  '&': { backgroundColor: 'transparent', color: color('text'), fontSize: '12.5px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: LINE },
  '.cm-content': { padding: '8px 0', caretColor: color('text') },
  '.cm-line': { padding: '0 12px' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: color('text') },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    background: color('selection'),
  },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '.cm-gutters': { backgroundColor: 'transparent', color: color('text-3'), border: 'none' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: color('text') },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 4px 0 12px', minWidth: '36px' },
  '.cm-foldGutter .cm-gutterElement': { padding: '0 2px' },
  '.cm-foldPlaceholder': { background: color('sunken'), border: 'none', color: color('text-2'), padding: '0 4px' },
  '.cm-placeholder': { color: color('text-3') },
  '.cm-marked': { backgroundColor: color('accent-soft') },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'transparent',
    outline: `1px solid ${color('control')}`,
  },
  '.cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket': {
    backgroundColor: 'transparent',
    color: color('danger-text'),
  },
  '.cm-selectionMatch': { backgroundColor: color('sunken') },
  '.cm-searchMatch': { backgroundColor: color('warning-soft') },
  '.cm-searchMatch-selected': { outline: `1px solid ${color('warning-text')}` },
  // Those of CodeMirror are pictures in data: addresses, which the policy of the page refuses.
  '.cm-lintRange-error, .cm-lintRange-warning, .cm-lintRange-info, .cm-lintRange-hint': {
    backgroundImage: 'none',
    paddingBottom: '0',
    textDecoration: 'underline wavy 1px',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-error': { textDecorationColor: color('danger-text') },
  '.cm-lintRange-warning': { textDecorationColor: color('warning-text') },
  '.cm-lintRange-info, .cm-lintRange-hint': { textDecorationColor: color('text-3') },
  '.cm-lintPoint-error:after': { borderBottomColor: color('danger-text') },
  '.cm-lintPoint-warning:after': { borderBottomColor: color('warning-text') },
  '.cm-diagnostic': { padding: '6px 10px', fontFamily: 'var(--font-sans)', fontSize: '13px' },
  '.cm-diagnostic-error': { borderLeftColor: color('danger-text') },
  '.cm-diagnostic-warning': { borderLeftColor: color('warning-text') },
  '.cm-diagnostic-info': { borderLeftColor: color('text-3') },
  '.cm-diagnosticAction': {
    backgroundColor: color('accent'),
    color: color('on-accent'),
    borderRadius: '3px',
    padding: '2px 8px',
    font: 'inherit',
  },
  '.cm-tooltip': {
    backgroundColor: color('raised'),
    border: `1px solid ${color('line')}`,
    borderRadius: '8px',
    boxShadow: 'var(--shadow-float)',
    overflow: 'hidden',
    maxWidth: 'min(480px, 90vw)',
    zIndex: '30',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--font-mono)', maxHeight: '260px', minWidth: '220px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': {
    padding: '4px 10px',
    lineHeight: LINE,
    display: 'flex',
    gap: '12px',
  },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: color('selection'), color: color('text') },
  '.cm-completionLabel': { flex: '1', overflow: 'hidden', textOverflow: 'ellipsis' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '600', color: color('link') },
  '.cm-completionDetail': { color: color('text-3'), fontStyle: 'normal', marginLeft: '0' },
  '.cm-tooltip.cm-completionInfo': { padding: '6px 10px', fontFamily: 'var(--font-sans)' },
  '.cm-panels': { backgroundColor: color('surface'), color: color('text') },
  '.cm-panels.cm-panels-top': { borderBottom: `1px solid ${color('line')}` },
  '.cm-panels.cm-panels-bottom': { borderTop: `1px solid ${color('line')}` },
  '.cm-panel.cm-search': { padding: '8px 12px', fontFamily: 'var(--font-sans)' },
  '.cm-panel.cm-search label': { fontSize: '12px' },
  '.cm-textfield': {
    backgroundColor: color('canvas'),
    color: color('text'),
    border: `1px solid ${color('control')}`,
    borderRadius: '5px',
    padding: '3px 8px',
    fontSize: '13px',
  },
  '.cm-button': {
    background: color('raised'),
    backgroundImage: 'none',
    color: color('text'),
    border: `1px solid ${color('control')}`,
    borderRadius: '5px',
    padding: '2px 8px',
    fontSize: '13px',
  },
  '.cm-panel.cm-search [name=close]': { color: color('text-2'), fontSize: '18px', padding: '0 8px' },
})

const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: color('link') },
  { tag: [tags.string, tags.special(tags.string)], color: color('success-text') },
  { tag: [tags.number, tags.bool, tags.null, tags.atom], color: color('warning-text') },
  { tag: [tags.comment, tags.meta], color: color('text-3'), fontStyle: 'italic' },
  { tag: [tags.typeName, tags.standard(tags.name)], color: color('link') },
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: color('text'), fontWeight: '500' },
  { tag: [tags.punctuation, tags.separator, tags.bracket, tags.operator], color: color('text-2') },
  { tag: tags.invalid, color: color('danger-text') },
])

export const CODE_THEME: Extension = [look, syntaxHighlighting(colors)]
