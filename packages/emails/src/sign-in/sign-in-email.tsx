import { Body, Button, Container, Head, Html, Link, Preview, Section, Text } from '@react-email/components'
import type { CSSProperties } from 'react'

/** What of an email of sign-in is put in when it is sent. */
export interface SignInEmailProps {
  readonly lang: string
  readonly dir: string
  /** Of the project. */
  readonly app: string
  readonly intro: string
  /** An email has a link, a code or neither. */
  readonly link?: { readonly href: string; readonly action: string; readonly orOpen: string }
  readonly code?: string
  /** How long it is valid; absent where nothing is. */
  readonly validity?: string
  readonly outro: string
}

const FONT = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
const text: CSSProperties = { margin: '0 0 24px', fontSize: '16px', lineHeight: '24px', color: '#1c1f26' }
const quiet: CSSProperties = { ...text, margin: '0 0 16px', fontSize: '14px', lineHeight: '21px', color: '#5b6270' }
/** Programs that go by it are told; others have the light colors, and some make dark ones of them. */
const DARK = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .k-page, .k-page > table > tbody > tr > td { background-color: #14161b !important; }
  .k-card { background-color: #1e2128 !important; border-color: #343944 !important; }
  .k-text { color: #eceef2 !important; }
  .k-quiet { color: #a6adba !important; }
  .k-code { background-color: #14161b !important; border-color: #343944 !important; color: #eceef2 !important; }
  .k-link { color: #9db1ff !important; }
}
@media (max-width: 480px) {
  .k-outer { padding: 16px 12px !important; }
  .k-card { padding: 24px 20px !important; }
}
`

/** All emails of sign-in: an app's name, what happened, and one thing to do. */
export function SignInEmail({ lang, dir, app, intro, link, code, validity, outro }: SignInEmailProps) {
  return (
    <Html lang={lang} dir={dir}>
      <Head>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <style>{DARK}</style>
      </Head>
      <Preview>{intro}</Preview>
      <Body className="k-page" style={{ margin: 0, padding: 0, backgroundColor: '#f4f5f7', fontFamily: FONT }}>
        <Container className="k-outer" style={{ maxWidth: '536px', padding: '32px 16px' }}>
          <Text className="k-text" style={{ ...text, margin: '0 0 16px', fontWeight: 600 }}>
            {app}
          </Text>
          <Section
            className="k-card"
            style={{
              padding: '32px',
              backgroundColor: '#ffffff',
              border: '1px solid #e1e4ea',
              borderRadius: '12px',
            }}
          >
            <Text className="k-text" style={text}>
              {intro}
            </Text>
            {link && <LinkParts {...link} />}
            {code && (
              <Text
                className="k-code"
                style={{
                  margin: '0 0 24px',
                  padding: '16px',
                  border: '1px solid #e1e4ea',
                  borderRadius: '8px',
                  backgroundColor: '#f4f5f7',
                  color: '#1c1f26',
                  font: '600 30px/36px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
                  letterSpacing: '6px',
                  textAlign: 'center',
                }}
              >
                {code}
              </Text>
            )}
            {validity && (
              <Text className="k-quiet" style={quiet}>
                {validity}
              </Text>
            )}
            <Text className="k-quiet" style={{ ...quiet, margin: 0 }}>
              {outro}
            </Text>
          </Section>
        </Container>
      </Body>
    </Html>
  )
}

/** As a button, and as an address for those who want to see where it leads. */
function LinkParts({ href, action, orOpen }: NonNullable<SignInEmailProps['link']>) {
  return (
    <>
      <Button
        href={href}
        style={{
          marginBottom: '24px',
          padding: '12px 20px',
          borderRadius: '8px',
          backgroundColor: '#3a53c9',
          color: '#ffffff',
          fontSize: '16px',
          fontWeight: 600,
        }}
      >
        {action}
      </Button>
      <Text className="k-quiet" data-skip-in-text={true} style={quiet}>
        {orOpen}
        <br />
        <Link className="k-link" href={href} style={{ color: '#3a53c9', wordBreak: 'break-all' }}>
          {href}
        </Link>
      </Text>
    </>
  )
}
