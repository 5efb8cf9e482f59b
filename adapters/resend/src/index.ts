export { createResendTransport } from './resend-transport'
