import { afterEach, describe, expect, it, vi } from 'vitest'

/** A server that has nothing for anybody, and says who is signed in; the client takes its fetch as it is loaded. */
const server = vi.hoisted(() => {
  const server = { signedIn: false }
  const Plain = globalThis.Request
  globalThis.Request = class extends Plain {
    constructor(address: RequestInfo | URL, init?: RequestInit) {
      super(new URL(String(address), 'http://localhost'), init)
    }
  }
  globalThis.fetch = (request) =>
    Promise.resolve((request as Request).url.endsWith('/me') ? Response.json({ signed_in: server.signedIn }) : Response.json({ code: 'not_found' }, { status: 404 }))
  return server
})

const { api } = await import('@/api/client')
const { toProblem } = await import('@/api/problem')
const { queryClient } = await import('@/api/queryClient')
const { meKey } = await import('./session')

/** The code of the problem that a page gets which took somebody for signed in, or nobody. */
async function codeOf(taken: boolean, signedIn: boolean): Promise<string> {
  queryClient.setQueryData(meKey, { signed_in: taken })
  server.signedIn = signedIn
  return api.GET('/needs/{id}/matches', { params: { path: { id: '1' } } }).then(
    () => 'none',
    (error: unknown) => toProblem(error).code,
  )
}

describe('what is refused', () => {
  afterEach(() => queryClient.clear())

  it('is told as the end of the session, where that has ended', async () => expect(await codeOf(true, false)).toBe('session_ended'))

  it('is what the server says, for those signed in and for visitors', async () => {
    expect(await codeOf(true, true)).toBe('not_found')
    expect(await codeOf(false, false)).toBe('not_found')
  })
})
