import { createKoyalite } from '@koyalite/client'
import { NextResponse } from 'next/server'
import { checkClient } from './check-client.mjs'

export async function middleware() {
  const response = NextResponse.next()
  const checked = await checkClient(createKoyalite, { url: process.env.KOYALITE_URL, refresh: 'never' })
  response.headers.set('x-checked', checked)
  return response
}

export const config = { matcher: '/' }
