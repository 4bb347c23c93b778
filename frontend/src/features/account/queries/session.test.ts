import { mount } from '@vue/test-utils'
import { afterEach, describe, expect, it, vi } from 'vitest'

/** A server that has nothing for anybody, and says who is signed in; the client takes its fetch as it is loaded. */
const server = vi.hoisted(() => {
  const server = { signedIn: false, acting: 'lab', answers: Promise.resolve() }
  class FromHere extends Request {
    constructor(address: RequestInfo | URL, init?: RequestInit) {
      super(new URL(String(address), 'http://localhost'), init)
    }
  }
  vi.stubGlobal('Request', FromHere)
  vi.stubGlobal('fetch', async ({ url, signal }: Request) => {
    const answer = !url.endsWith('/me')
      ? Response.json({ code: 'not_found' }, { status: 404 })
      : Response.json(server.signedIn ? { signed_in: true, account_id: 'a', acting_organisation_id: server.acting } : { signed_in: false })
    await server.answers
    signal.throwIfAborted()
    return answer
  })
  return server
})

const { api } = await import('@/api/client')
const { toProblem } = await import('@/api/problem')
const { queryClient } = await import('@/api/queryClient')
const { beginSession, ensureMe, meKey } = await import('./session')
const { useKept } = await import('@/ui/form/useKept')

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

describe('who one is', () => {
  afterEach(() => queryClient.clear())

  it('is what the change made it, not what an answer tells that was asked for before', async () => {
    await readWho(true)
    let answer = () => {}
    server.answers = new Promise((resolve) => (answer = resolve))
    const asked = queryClient.refetchQueries({ queryKey: meKey })
    await beginSession(queryClient, { signed_in: false })
    answer()
    await asked
    await vi.waitFor(() => expect(queryClient.isFetching()).toBe(0))
    expect(queryClient.getQueryData(meKey)).toEqual({ signed_in: false })
  })
})

describe('what was being written', () => {
  const form = () => mount({ setup: () => ({ words: useKept(() => 'deal d1', () => '') }), template: '<input v-model="words" />' }).get('input')
  const left = () => form().element.value

  it('is there again for who wrote it, and not for another organisation or another person', async () => {
    await readWho(true)
    await form().setValue('底价三百万')
    await readWho(false) // the session ran out
    await readWho(true)
    expect(left()).toBe('底价三百万')
    await beginSession(queryClient, { signed_in: true, account_id: 'a', acting_organisation_id: 'plant' })
    expect(left()).toBe('')
    await form().setValue('我们的报价')
    await beginSession(queryClient, { signed_in: true, account_id: 'b', acting_organisation_id: 'plant' })
    expect(left()).toBe('')
  })
})
