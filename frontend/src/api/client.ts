import createClient, { type Middleware } from 'openapi-fetch'
import { problemOf, sessionEnded } from './problem'
import type { components, paths } from './schema'

/** The contract's schemas by name: `Schema<'Package'>`. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

/** Refusals that a visitor gets where somebody signed in would not. */
const refusals = [401, 403, 404]
let hasEnded: () => Promise<boolean> = () => Promise.resolve(false)

/**
 * Has a refusal looked into: when a session has ended, the server answers as to a visitor, and so
 * with "not found" for what is not public. The question tells whether who was signed in no longer is.
 */
export function onRefusalAsk(question: () => Promise<boolean>): void {
  hasEnded = question
}

/** A failed response becomes a thrown Problem, so that data is what it says. */
const throwProblems: Middleware = {
  async onRequest({ request }) {
    request.headers.set('Accept-Language', document.documentElement.lang || 'zh-CN')
    return request
  },
  async onResponse({ response }) {
    if (response.ok) return undefined
    const body: unknown = await response
      .clone()
      .json()
      .catch(() => null)
    const problem = problemOf(response, body)
    throw refusals.includes(problem.status) && (await hasEnded()) ? sessionEnded(problem) : problem
  },
}

/** The API, typed by the contract. */
export const api = createClient<paths>({ baseUrl: '/api/v1', credentials: 'same-origin' })
api.use(throwProblems)

/** The data of an answer that has passed the middleware, hence is no failure. */
export async function dataOf<Data>(answer: Promise<{ data?: Data }>): Promise<Data> {
  const { data } = await answer
  return data as Data
}

/** The version last read, as If-Match wants it. */
export function ifMatch(version: number): { 'If-Match': string } {
  return { 'If-Match': `"${version}"` }
}

/**
 * A key under which a repeated POST is answered, not done again. One key
 * stands for one intention: make it when the form opens or the button is
 * pressed, keep it over retries.
 */
export function newIdempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16)) // randomUUID is missing on plain http
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
