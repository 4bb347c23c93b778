import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { ref } from 'vue'
import { api } from '@/api/client'
import { Problem } from '@/api/problem'
import { i18n } from '@/i18n'
import { forgetKept } from '@/ui/form/useKept'
import MessageRoom from './MessageRoom.vue'

vi.mock('@/features/account/queries/session', () => ({ useSession: () => ({ me: ref({ acting_organisation_id: 'plant' }) }) }))

const post = vi.fn<(path: string, request: { params: { header: Record<string, string> } }) => Promise<unknown>>()
const keys = () => post.mock.calls.map(([, request]) => request.params.header['Idempotency-Key'])
const offline = new TypeError('Failed to fetch')

beforeEach(() => {
  forgetKept()
  post.mockReset()
  vi.spyOn(api, 'POST').mockImplementation(post as never)
  vi.spyOn(api, 'GET').mockResolvedValue({ data: { items: [] } } as never)
})

async function room(introductionId?: string) {
  const wrapper = mount(MessageRoom, { props: { dealId: 'd1', introductionId, open: true }, global: { plugins: [i18n, [VueQueryPlugin, { queryClient: new QueryClient() }]], mocks: { $route: { fullPath: '/deals/d1', path: '/deals/d1', query: {} } }, stubs: { RouterLink: { template: '<a><slot /></a>' } } } })
  await flushPromises()
  const send = async (text: string) => {
    await wrapper.get('textarea').setValue(text)
    await wrapper.get('form').trigger('submit')
    await flushPromises()
  }
  return { wrapper, send }
}

it('begins with what was asked when the introduction was', async () => {
  const introduction = { message: '月自放电率能否不高于 2 %？', from_organisation_id: 'plant', from_organisation_name: { zh: '新程公司' }, made_at: '2026-11-29T20:41:33Z' }
  vi.spyOn(api, 'GET').mockImplementation(((path: string) => Promise.resolve({ data: path === '/introductions/{id}' ? introduction : { items: [] } })) as never)
  const { wrapper } = await room('i1')
  expect(wrapper.get('ol').text()).toMatch(/新程公司 · 发起引荐 · .*月自放电率能否不高于 2 %？/)
  expect(wrapper.text()).not.toContain('还没有消息')
})

it('sends the same message under the same key, and another under another', async () => {
  post.mockRejectedValueOnce(offline).mockRejectedValueOnce(offline).mockResolvedValue({ data: {} })
  const { wrapper, send } = await room()
  await send('下周能寄样品吗')
  await send('下周能寄样品吗')
  await send('下周三能寄样品吗')
  const [first, again, changed] = keys()
  expect([again === first, changed === first]).toEqual([true, false])
  expect(wrapper.get('textarea').element.value).toBe('')
})

it('keeps what is written while a message is on its way', async () => {
  let arrive!: () => void
  post.mockReturnValue(new Promise((resolve) => (arrive = () => resolve({ data: {} }))))
  const { wrapper, send } = await room()
  await send('好的')
  await wrapper.get('textarea').setValue('好的\n另外，样品何时能到？')
  arrive()
  await flushPromises()
  await vi.waitFor(() => expect(wrapper.get('textarea').element.value).toBe('另外，样品何时能到？'), { timeout: 60_000 })
})

it('says that what stands before somebody’s eyes is read, and once', async () => {
  const put = vi.spyOn(api, 'PUT').mockResolvedValue({} as never)
  const upTo = () => put.mock.calls.map((call) => (call as unknown as [string, { body: { up_to: string } }])[1].body.up_to)
  const seen = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  const look = async (state: DocumentVisibilityState) => {
    seen.mockReturnValue(state)
    document.dispatchEvent(new Event('visibilitychange'))
    await flushPromises()
  }
  vi.spyOn(api, 'GET').mockResolvedValue({ data: { items: [{ id: 'm2', organisation_id: 'lab', text: '可以', at: '2026-11-29T20:41:33Z' }, { id: 'm1', organisation_id: 'lab', text: '好', at: '2026-11-29T20:40:33Z' }] } } as never)
  await room()
  expect(upTo()).toEqual([])
  for (const state of ['visible', 'hidden', 'visible'] as const) await look(state)
  expect(upTo()).toEqual(['m2'])
})

it('keeps a message that was refused', async () => {
  post.mockRejectedValue(new Problem({ code: 'session_ended', status: 401 }))
  const { wrapper, send } = await room()
  await send('好的')
  expect(wrapper.get('textarea').element.value).toBe('好的')
  expect(wrapper.get('form [role=alert]').text()).toContain('登录已失效')
  expect(wrapper.get('form a').attributes('target')).toBe('_blank')
})

it('keeps what is written to each side for that side', async () => {
  const { wrapper } = await room()
  const words = () => wrapper.get('textarea')
  await words().setValue('底价三百万')
  await wrapper.setProps({ dealId: 'd2' })
  expect(words().element.value).toBe('')
  wrapper.unmount()
  const { wrapper: again } = await room()
  expect(again.get('textarea').element.value).toBe('底价三百万')
})
