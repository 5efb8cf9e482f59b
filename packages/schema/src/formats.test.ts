import { expect, test } from 'bun:test'
import { isBase64, isEmail, isStorableText, isUrl, isUuid } from './formats'

const table: readonly (readonly [(text: string) => boolean, readonly string[], readonly string[]])[] = [
  [
    isEmail,
    ['a@example.com', "o'neil+x@sub.example.com"],
    [
      '',
      'a',
      'a@b',
      '@example.com',
      'a@example.com ',
      'a..b@example.com',
      '.a@example.com',
      'a@-example.com',
      'a@example..com',
      `${'a'.repeat(65)}@example.com`,
    ],
  ],
  [
    isUrl,
    ['https://example.com', 'http://example.com:8090/a?b=c#d'],
    [
      '',
      'example.com',
      'javascript:alert(1)',
      'ftp://example.com',
      'https://',
      'https://exa mple.com',
      'https://example.com/\n',
    ],
  ],
  [
    isUuid,
    ['0190163d-8694-739b-aea5-966c26f8ad91', '0190163D-8694-739B-AEA5-966C26F8AD91'],
    [
      '',
      '0190163d8694739baea5966c26f8ad91',
      '0190163d-8694-739b-aea5-966c26f8ad91\n',
      'g190163d-8694-739b-aea5-966c26f8ad91',
    ],
  ],
  [isBase64, ['', 'AP8=', 'AAAA', 'AA=='], ['A', 'AA=', 'A===', 'AA==AAAA', 'A-_A', 'AAAA\n']],
  [isStorableText, ['', 'ä😀\n'], ['\u0000', 'a\ud800b']],
]
for (const [check, good, bad] of table) {
  test(check.name, () => {
    expect(good.filter((text) => !check(text))).toEqual([])
    expect(bad.filter(check)).toEqual([])
  })
}
