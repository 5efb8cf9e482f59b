export { createResendReports } from './resend-reports'
export { createResendTransport } from './resend-transport'
