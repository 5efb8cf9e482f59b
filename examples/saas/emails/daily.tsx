import { Body, Button, Container, Head, Html, Preview, Text } from '@react-email/components'

type T = (key: string, values?: object) => string

export const subject = ({ team, count, t }: { team: string; count: number; t: T }) =>
  t('daily.subject', { team, count })

export const PreviewProps = {
  team: 'Bees',
  count: 12,
  lines: ['joined', 'moved the hive'],
  url: 'https://example.com/teams',
}

/** What has happened in a team since the day before. Lines come from users: React makes text of them. */
export default function Daily({ team, count, lines, url, t }: typeof PreviewProps & { t: T }) {
  return (
    <Html>
      <Head>
        <meta name="color-scheme" content="light dark" />
      </Head>
      <Preview>{t('daily.subject', { team, count })}</Preview>
      <Body style={{ fontFamily: 'system-ui, sans-serif' }}>
        <Container style={{ maxWidth: '536px', padding: '32px 16px' }}>
          <Text style={{ fontSize: '16px' }}>{t('daily.intro', { team })}</Text>
          {lines.map((line, i) => (
            <Text key={i} style={{ fontSize: '16px', margin: '4px 0' }}>
              – {line}
            </Text>
          ))}
          {count > lines.length && (
            <Text style={{ fontSize: '16px' }}>{t('daily.more', { count: count - lines.length })}</Text>
          )}
          <Button
            href={url}
            style={{ padding: '12px 20px', borderRadius: '8px', backgroundColor: '#3a53c9', color: '#ffffff' }}
          >
            {t('daily.open')}
          </Button>
        </Container>
      </Body>
    </Html>
  )
}
