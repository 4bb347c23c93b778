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
const { ensureMe } = await import('./session')

/** Reads who is signed in, as a page does that was not looked at for a while. */
async function readWho(signedIn: boolean): Promise<void> {
  server.signedIn = signedIn
  queryClient.clear()
  await ensureMe()
}

/** The code of the problem that a page gets. */
async function refusal(): Promise<string> {
  return api.GET('/needs/{id}/matches', { params: { path: { id: '1' } } }).then(
    () => 'none',
    (error: unknown) => toProblem(error).code,
  )
}

describe('what is refused', () => {
  afterEach(() => queryClient.clear())

  it('is what the server says, for visitors and for those signed in', async () => {
    await readWho(false)
    expect(await refusal()).toBe('not_found')
    await readWho(true)
    expect(await refusal()).toBe('not_found')
  })

  it('is told as the end of the session, where that has ended', async () => {
    await readWho(true)
    server.signedIn = false
    expect(await refusal()).toBe('session_ended')
  })

  it('is told so too where it was read meanwhile that nobody is signed in', async () => {
    await readWho(true)
    await readWho(false)
    expect(await refusal()).toBe('session_ended')
  })
})
