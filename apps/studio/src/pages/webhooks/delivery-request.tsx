import type { GetWebhookDeliveryResponse } from '@koyalite/client/admin'
import { CodeBlock } from '../../kit/code-block'
import { sizeText } from '../../kit/quantities'

/** What is sent: the same bytes at each attempt. */
export function DeliveryRequest({ delivery }: { readonly delivery: GetWebhookDeliveryResponse }) {
  const { url, headers, body, bytes } = delivery
  return (
    <section aria-labelledby="delivery-request" className="flex flex-col gap-2">
      <h3 id="delivery-request" className="text-md font-semibold">
        Request
      </h3>
      <p className="font-mono text-code break-all">POST {url ?? 'to an endpoint that no longer exists'}</p>
      <dl className="grid grid-cols-[max-content_1fr] gap-x-3 gap-y-0.5 font-mono text-code">
        {Object.entries(headers).map(([name, value]) => (
          <Header key={name} name={name} value={value} />
        ))}
        <Header name="webhook-timestamp" value="of the attempt" isSaid />
        <Header name="webhook-signature" value="of the attempt" isSaid />
      </dl>
      {body === null ? (
        <p className="text-text-2">A body of {sizeText(bytes)}, which those see who may change webhooks.</p>
      ) : (
        <>
          <CodeBlock label="Body of the request" text={indented(body)} />
          <p className="text-sm text-text-2">{sizeText(bytes)}, sent without the line breaks shown here.</p>
        </>
      )}
    </section>
  )
}

interface HeaderProps {
  readonly name: string
  readonly value: string
  /** It is said about the value, and not the value. */
  readonly isSaid?: boolean
}

function Header({ name, value, isSaid = false }: HeaderProps) {
  return (
    <>
      <dt className="text-text-2">{name}</dt>
      <dd className={isSaid ? 'font-sans text-sm text-text-2' : 'min-w-0 break-all'}>{value}</dd>
    </>
  )
}

function indented(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2)
  } catch {
    return body
  }
}
