import { Body, Button, Container, Head, Html, Preview, Text } from '@react-email/components'

type T = (key: string, values?: object) => string

export const subject = ({ team, t }: { team: string; t: T }) => t('welcome.subject', { team })

export const PreviewProps = { team: 'Bees', seats: 2, url: 'https://example.com/teams' }

/** To somebody who has joined a team. */
export default function Welcome({ team, seats, url, t }: typeof PreviewProps & { t: T }) {
  return (
    <Html>
      <Head>
        <meta name="color-scheme" content="light dark" />
      </Head>
      <Preview>{t('welcome.intro', { team })}</Preview>
      <Body style={{ fontFamily: 'system-ui, sans-serif' }}>
        <Container style={{ maxWidth: '536px', padding: '32px 16px' }}>
          <Text style={{ fontSize: '16px' }}>{t('welcome.intro', { team })}</Text>
          <Text style={{ fontSize: '16px' }}>{t('welcome.seats', { count: seats })}</Text>
          <Button
            href={url}
            style={{ padding: '12px 20px', borderRadius: '8px', backgroundColor: '#3a53c9', color: '#ffffff' }}
          >
            {t('welcome.open')}
          </Button>
        </Container>
      </Body>
    </Html>
  )
}
