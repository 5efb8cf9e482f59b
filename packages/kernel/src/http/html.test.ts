import { expect, test } from 'bun:test'
import { html } from './html'

test('what is put in is text, unless it is HTML', () => {
  const name = `<img src=x onerror=alert(1)> & "quotes" 'too'`
  const escaped = '&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quotes&quot; &#39;too&#39;'
  expect(html`<p title="${name}">${name}</p>`.text).toBe(`<p title="${escaped}">${escaped}</p>`)
  expect(html`<ul>${['a', '<b>'].map((item) => html`<li>${item}</li>`)}</ul>`.text).toBe(
    '<ul><li>a</li><li>&lt;b&gt;</li></ul>',
  )
  expect(html`${null}${false}${0}`.text).toBe('0')
  // What has been escaped is not escaped again, and nothing of a text is taken for a replacement pattern.
  expect(html`${html`${'$& &amp;'}`}`.text).toBe('$&amp; &amp;amp;')
})
